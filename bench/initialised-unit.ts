import { join } from 'node:path';
import { copyDisks } from '../harness/appliance/kept-disks.ts';
import { type Appliance, type Bench, createFactory, type DiskSet } from '../harness/index.ts';

/** The hardware of every machine here: an appliance on other hardware would not be ready. */
const unitName = 'alpha';

/**
 * The disks of an appliance that has had its first boot and was switched off in good order. Manufactures a master when
 * none is kept, which takes minutes.
 */
export async function initialisedDisks(bench: Bench): Promise<DiskSet> {
  const factory = createFactory(bench);
  const unit = await factory.clonedUnit(await factory.master(), unitName);
  await unit.start();
  await unit.powerOff();
  return unit.disks;
}

/** A machine of that unit, off, on a copy of its disks: so that every boot begins in the same state. */
export async function unitOnCopy(bench: Bench, disks: DiskSet, name: string): Promise<Appliance> {
  const copy = await copyDisks(disks, join(bench.workFolder, name));
  return await createFactory(bench).unit(name, copy, { hardwareOf: unitName });
}
