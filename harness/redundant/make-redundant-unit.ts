import { unitHardware } from '../appliance/unit-hardware.ts';
import type { Bench } from '../bench.ts';
import { redundantExploration } from './redundant-exploration.ts';
import { type RedundantMachineOptions, redundantMachine } from './redundant-machine.ts';
import type { RedundantSet } from './redundant-set.ts';
import { RedundantUnit } from './redundant-unit.ts';
import { guestFileAddress, serveFiles } from './serve-files.ts';

/**
 * Builds one unit of a set: its machine as {@link redundantMachine} declares it, with a network card by which it gets
 * updates.
 *
 * @throws what `redundantMachine` throws.
 * @example
 * const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha');
 * const { system } = await unit.start();
 */
export async function redundantUnit(
  bench: Bench,
  set: RedundantSet,
  name: string,
  options: Omit<RedundantMachineOptions, 'name'> = {},
): Promise<RedundantUnit> {
  const files = await serveFiles(bench);
  const services = [{ guestAddress: guestFileAddress, guestPort: 80, hostPort: files.hostPort }];
  const { mac, smbios } = unitHardware(name);
  const { machine, disks } = await redundantMachine(bench, set, {
    ...options,
    name,
    machine: { nics: [{ mac, services }], smbios, ...options.machine },
  });
  const unit = new RedundantUnit(bench, name, machine, disks, files);
  bench.subject({
    machine,
    becomesWell: () => startsAnew(unit),
    exploration: redundantExploration(disks),
  });
  return unit;
}

/** Switched on, or by its reset button, which starts the same procedure (spec B7). */
async function startsAnew(unit: RedundantUnit): Promise<void> {
  await (unit.machine.isOn ? unit.running.reset() : unit.powerOn());
  await unit.comesBack();
}
