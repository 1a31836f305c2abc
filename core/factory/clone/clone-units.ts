import { mkdir, rmdir } from 'node:fs/promises';
import { errorMessage } from '../../../foundation/index.ts';
import { type ClonedDisk, cloneDisk, type DiskProgress } from './clone-disk.ts';
import type { Clone, CloneFailure } from './clone-manifest.ts';
import type { CloneTarget } from './clone-target.ts';
import type { MasterDisk } from './master-disk.ts';
import type { MasterGuard } from './master-guard.ts';
import { TargetGroup } from './target-group.ts';

/** A clone to be made, with a target for each disk of the master. */
export interface Unit {
  name: string;
  /** Made for it, when it has one of its own. */
  folder?: string | undefined;
  disks: { target: CloneTarget; surplusBytes: number }[];
}

export interface OpenMaster {
  role: 'system' | 'data';
  disk: MasterDisk;
  sha256?: string;
}

/** How far everything is: bytes gone through on master disks, holes included, once per pass over them. */
export interface CloneProgress {
  phase: DiskProgress['phase'];
  masterPath: string;
  doneBytes: number;
  totalBytes: number;
  /** Clones that are being made from this reading of the master. */
  targets: number;
}

export interface UnitOptions {
  verify?: boolean;
  digest?: boolean;
  guard?: MasterGuard;
  signal?: AbortSignal;
  onProgress?: (progress: CloneProgress) => void;
  onNotice?: (sentence: string) => void;
  /** Filled while it goes on, so that they hold also when it throws. */
  clones: Clone[];
  failures: CloneFailure[];
}

/** Units that are written together; bounds the memory and the open files that many clones take. */
const unitsAtOnce = 64;

/** Makes the units, {@link unitsAtOnce} from one reading of the master. */
export async function cloneUnits(
  units: readonly Unit[],
  masters: OpenMaster[],
  options: UnitOptions,
): Promise<void> {
  const report = progressReporter(units.length, masters, options);
  for (let first = 0; first < units.length; first += unitsAtOnce) {
    await cloneBatch(units.slice(first, first + unitsAtOnce), masters, options, report);
  }
}

type Report = (masterIndex: number, targets: number) => (progress: DiskProgress) => void;

function progressReporter(unitCount: number, masters: OpenMaster[], options: UnitOptions): Report {
  const passes = (options.verify ?? true) ? 2 : 1;
  const batches = Math.ceil(unitCount / unitsAtOnce);
  const bytesOfAll = masters.reduce((sum, { disk }) => sum + disk.sizeBytes, 0);
  const totalBytes = bytesOfAll * passes * batches;
  let beforeBytes = 0;
  return (masterIndex, targets) => {
    const { path: masterPath, sizeBytes } = masters[masterIndex]!.disk;
    const startBytes = beforeBytes;
    beforeBytes += passes * sizeBytes;
    return ({ phase, doneBytes }) => {
      const passedBytes = startBytes + (phase === 'verify' ? sizeBytes : 0) + doneBytes;
      options.onProgress?.({ phase, masterPath, doneBytes: passedBytes, totalBytes, targets });
    };
  };
}

async function cloneBatch(
  units: readonly Unit[],
  masters: OpenMaster[],
  options: UnitOptions,
  report: Report,
): Promise<void> {
  const { verify = true, digest = false, guard, signal, failures } = options;
  try {
    for (const { folder } of units) if (folder !== undefined) await mkdir(folder, { recursive: true });
    const disks: ClonedDisk[] = [];
    let sound = [...units];
    for (const [index, master] of masters.entries()) {
      const group = new TargetGroup(sound.map((unit) => unit.disks[index]!.target));
      const onProgress = report(index, sound.length);
      const done = await cloneDisk(master.disk, group, { verify, digest, guard, signal, onProgress });
      if (done.sha256 !== undefined) master.sha256 = done.sha256;
      disks.push(done);
      // A master that changes makes clones differ, and is the cause to be named.
      if (group.failures.size > 0) await master.disk.assertUnchanged();
      sound = sound.filter((unit) => {
        const { target } = unit.disks[index]!;
        const error = group.failures.get(target);
        if (error !== undefined) failures.push({ path: target.path, unit: unit.name, error });
        return error === undefined;
      });
      if (sound.length === 0) return;
    }
    for (const { disk } of masters) await disk.assertUnchanged();
    signal?.throwIfAborted();
    for (const unit of sound) await commitUnit(unit, masters, disks, options);
  } finally {
    for (const unit of units) await release(unit, options);
  }
}

async function commitUnit(
  unit: Unit,
  masters: readonly OpenMaster[],
  disks: readonly ClonedDisk[],
  { verify = true, clones, failures }: UnitOptions,
): Promise<void> {
  const group = new TargetGroup(unit.disks.map(({ target }) => target));
  const made: Clone[] = [];
  for (const [index, { target, surplusBytes }] of unit.disks.entries()) {
    const { firstBlock, sha256 } = disks[index]!;
    await group.forEach([target], 'finish the clone', () => target.commit(firstBlock, verify));
    const error = group.failures.get(target);
    if (error !== undefined) {
      failures.push({ path: target.path, unit: unit.name, error });
      return;
    }
    const { role, disk } = masters[index]!;
    made.push({
      path: target.path,
      unit: unit.name,
      role,
      sizeBytes: disk.sizeBytes,
      ...(verify && sha256 !== undefined ? { sha256 } : {}),
      verified: verify,
      method: target.method,
      ...(verify ? { readBack: target.readBack } : {}),
      durable: target.readBack !== 'memory',
      surplusBytes,
    });
  }
  clones.push(...made);
}

/** Takes back what was not committed, and says so where something is left that a person must know of. */
async function release({ folder, disks }: Unit, { onNotice }: UnitOptions): Promise<void> {
  for (const { target } of disks) {
    try {
      const left = await target.abandon();
      if (left !== undefined) onNotice?.(left);
    } catch (error) {
      onNotice?.(`${target.path} is no clone, and could not be cleared: ${errorMessage(error)}`);
    }
    await target.close().catch((error) => onNotice?.(`${target.path}: ${errorMessage(error)}`));
  }
  // A folder that holds a clone, or anything else, stays.
  if (folder !== undefined) await rmdir(folder).catch(() => {});
}
