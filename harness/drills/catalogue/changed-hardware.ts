import type { HardwareChange, Machine } from '../../../vm/index.ts';
import { drillsErrors } from '../errors.ts';
import type { FaultTarget, InjectedFault } from '../fault-declaration.ts';

/** Somebody who switches a machine off to put a part back waits so long for it to do so by itself. */
const powerOffTimeoutMs = 20_000;

/** A change of hardware, proved by what the machine has afterwards. */
export function changedHardware(
  machine: Machine,
  change: HardwareChange,
  look: (hardware: Machine['hardware']) => string,
  what: string,
): InjectedFault {
  const before = look(machine.hardware);
  machine.changeHardware(change);
  const after = look(machine.hardware);
  return { what, proof: () => (after === before ? undefined : `${before} before, ${after} after`) };
}

/** Puts parts back: whoever does it switches the machine off first, the hard way if need be. */
export async function putBack({ machine, running }: FaultTarget, change: HardwareChange): Promise<void> {
  if (running !== undefined) {
    try {
      await running.pressPowerButton();
      await running.waitForPowerOff({ timeoutMs: powerOffTimeoutMs });
    } catch {
      // A guest that hangs, or has not started, does not hear the button; one that went off meanwhile has none.
      if (running.isOn) await running.cut();
    }
  }
  machine.changeHardware(change);
}

/** The machine has no such part. */
export function partMissing(machine: Machine, part: string): Error {
  const { disks, nics } = machine.hardware;
  return drillsErrors.DRILLS_NOT_APPLICABLE({
    tried: `inject a fault into machine ${machine.name}`,
    expected: `a machine with ${part}`,
    got: `disks ${disks.map(({ name }) => name).join(', ') || 'none'}; ${nics.length} network cards`,
  });
}

/** @throws DRILLS_NOT_APPLICABLE when the machine has no such network card now. */
export function assertCard(machine: Machine, card: number): void {
  if (!machine.hardware.nics[card]?.isPlugged) throw partMissing(machine, `network card ${card}`);
}
