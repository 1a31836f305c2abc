import { faultCatalogue } from '../../drills/catalogue/index.ts';
import { type FaultNeed, faultNeeds } from '../../drills/fault-declaration.ts';
import type { PlannedFault } from '../../drills/fault-plan.ts';
import { canBeOn } from '../../drills/machine-variation.ts';
import { validationErrors } from '../errors.ts';
import type { DiskProfile } from '../profile/disk-profile.ts';
import { type DamagedPartition, partitionsText, whyNotDamaged } from './recovery-partitions.ts';

/** The machine of a drill. */
export const drilledCloneName = 'clone';
const systemDiskName = 'system';

/** The disks of a drill's machine, the appliance's own first, as faults name them. */
function drilledDiskNames({ machine }: Pick<DiskProfile, 'machine'>): string[] {
  return [systemDiskName, ...machine.dataDisks.map((_, index) => `data-${index + 1}`)];
}

/** Which claim a fault is of, and what it is to be done to. */
export interface ClaimPlace {
  number: number;
  /** The fault as it is written. */
  text: string;
  profile: DiskProfile;
  partitions: readonly DamagedPartition[];
}

/** @throws VALIDATION_RECOVERY_INVALID for a fault that cannot be injected into a clone of this disk on this machine. */
export function assertPossible(fault: PlannedFault, place: ClaimPlace): void {
  assertNeeds(fault, place);
  assertPlace(fault, place);
  const { declaration } = fault;
  const { name, when } = declaration;
  // What was damaged while it was off has to start anew, and what it shows then counts.
  if (when === 'off' || name === 'power-cut' || canBeAsked(place.profile)) return;
  const expected = '`console`, or a sign of `ready` with tcp, http or command';
  refuseClaim(place, 'nobody could tell whether a machine that stays on under it is alive', expected);
}

/** @throws VALIDATION_RECOVERY_INVALID */
export function refuseClaim(
  { number, text }: Pick<ClaimPlace, 'number' | 'text'>,
  got: string,
  expected?: string,
  cause?: unknown,
): never {
  throw validationErrors.VALIDATION_RECOVERY_INVALID(
    { tried: `read claim ${number} of \`recovery\`: ${text}`, got, ...(expected && { expected }) },
    cause,
  );
}

function assertNeeds(fault: PlannedFault, place: ClaimPlace): void {
  const { name, needs } = fault.declaration;
  const { profile } = place;
  if (needs !== undefined && !hasFor(needs, profile)) {
    const can = faultCatalogue.filter((one) => one.needs === undefined || hasFor(one.needs, profile));
    const names = can.map((one) => one.name).join(', ');
    refuseClaim(place, `${name} needs ${faultNeeds[needs]}, which a clone has not`, `one of ${names}`);
  }
  const { controller } = profile.machine;
  if (!canBeOn(controller, fault)) {
    const expected = 'lose=nothing: the NVMe of QEMU drops what its guests want to be written at once';
    refuseClaim(place, `nobody can say what ${name} does to disks on ${controller}`, expected);
  }
}

/** Machine, disk and partition that it names have to be there. */
function assertPlace(
  { declaration, parameters, machine, disk, moment }: PlannedFault,
  place: ClaimPlace,
): void {
  if (machine !== undefined && machine !== drilledCloneName) {
    refuseClaim(place, `machine=${machine}`, `machine=${drilledCloneName}, or no machine`);
  }
  const disks = drilledDiskNames(place.profile);
  const ofWrite = moment.kind === 'write' || moment.kind === 'in-write' ? moment : undefined;
  for (const named of [disk, ofWrite?.disk]) {
    if (named === undefined || disks.includes(named)) continue;
    refuseClaim(place, `there is no disk ${named}`, disks.join(', '));
  }
  const { partition } = parameters as { partition?: number | string };
  const found = (disk ?? systemDiskName) === systemDiskName && assertPartition(partition, place);
  if (ofWrite?.disk === systemDiskName) assertPartition(ofWrite.partition, place);
  if (found && declaration.readsFileSystem) assertReadable(found, parameters, place);
}

function assertReadable(partition: DamagedPartition, { path }: { path?: string }, place: ClaimPlace): void {
  const { number, fileSystem } = partition;
  if (!/^(ext[234]|fat(12|16|32))$/.test(fileSystem)) {
    refuseClaim(place, `partition ${number} holds ${fileSystem}`, 'ext2, ext3, ext4 or FAT');
  }
  const why = path === undefined ? undefined : whyNotDamaged(partition, path);
  if (why !== undefined) refuseClaim(place, `${path} in partition ${number}: ${why}`, 'a file with content');
}

function assertPartition(
  partition: number | string | undefined,
  place: ClaimPlace,
): DamagedPartition | undefined {
  if (partition === undefined) return undefined;
  const { partitions } = place;
  const found = partitions.find(
    ({ number, role }) => String(number) === String(partition) || role === partition,
  );
  return found ?? refuseClaim(place, `there is no partition ${partition}`, partitionsText(partitions));
}

/** A disk that somebody else made has none of Assay's records, and nothing but its own network is reached. */
function hasFor(need: FaultNeed, { machine }: DiskProfile): boolean {
  if (need === 'network-card') return machine.nic !== 'none';
  return need === 'second-disk' && machine.dataDisks.length > 0;
}

/** Whether there is more to ask than lines that it has shown once. */
function canBeAsked({ console, ready = [] }: DiskProfile): boolean {
  return console !== undefined || ready.some((sign) => !('console' in sign));
}
