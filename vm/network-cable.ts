import { vmErrors } from './errors.ts';
import type { RunningMachine } from './running-machine.ts';

/**
 * Pulls the cable of a network card: the guest sees its carrier go. It stays so until {@link plugCable}, or until the machine is off.
 *
 * @param card Counts from 0, in the order of the declaration.
 * @returns what QEMU says of the card then.
 * @throws VM_SPEC_INVALID when there is no such card, VM_MACHINE_OFF.
 */
export async function pullCable(running: RunningMachine, card = 0): Promise<string> {
  return await setLink(running, card, false);
}

/** Puts the cable of a network card back. @throws as {@link pullCable} */
export async function plugCable(running: RunningMachine, card = 0): Promise<string> {
  return await setLink(running, card, true);
}

async function setLink(running: RunningMachine, card: number, up: boolean): Promise<string> {
  const lines = (await running.qmp.monitor('info network')).split('\n');
  const cards = lines.filter((line) => /^nic\d+:/.test(line));
  if (!cards.some((line) => line.startsWith(`nic${card}:`))) {
    throw vmErrors.VM_SPEC_INVALID({
      tried: `${up ? 'plug in' : 'pull'} the cable of card ${card} of machine ${running.name}`,
      expected: cards.length === 0 ? 'a card: the machine has none' : `a number below ${cards.length}`,
    });
  }
  await running.qmp.execute('set_link', { name: `nic${card}`, up });
  const after = (await running.qmp.monitor('info network')).split('\n');
  return after.find((line) => line.startsWith(`nic${card}:`))?.trim() ?? '';
}
