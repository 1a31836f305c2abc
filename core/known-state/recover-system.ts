import { type OpenDisk, openDisk } from '../script/steps/hardware/disk-access.ts';
import type { BootStates } from './boot-state.ts';
import { checkBootRecords } from './check-boot-record.ts';
import type { LocatedSystem } from './configuration.ts';
import type { RecoveryMethod } from './decide-boot.ts';
import { knownStateErrors } from './errors.ts';
import { markPartition } from './mark-partition.ts';
import type { Pack } from './pack.ts';
import { reasonOf } from './reason-of.ts';
import { type RestorationReport, restorePartition } from './restore-partition.ts';
import { changeBootStates, type PartitionProblem, readBootStates } from './state-store.ts';
import type { BlockSource } from './write-blocks.ts';
import { writeBootRecord } from './write-boot-record.ts';

/** What recovery takes good content from: a {@link Pack}, or what stands for one. */
export type RecoverySource = Pick<Pack, 'manifests' | 'bootRecords'> & BlockSource;

export interface Recovery {
  located: LocatedSystem;
  source: RecoverySource;
  /** Of the manifests' signatures, PEM. */
  publicKey: string;
  /** The partitions to restore, in this order. */
  partitions: readonly string[];
  method: RecoveryMethod;
  /** Whether what was written is read back. */
  verify?: boolean;
  /** Whether it counts towards the limit of recoveries; not when a system is up that asks for it. */
  isCounted?: boolean;
  /** Changes the boot states; a running system, which others change them in, too, has a way of its own. */
  changeStates?(change: (states: BootStates) => BootStates): Promise<unknown>;
  signal: AbortSignal;
  open?: OpenDisk;
  /** What happens, line by line. */
  log?(text: string): void;
}

export interface RecoveryReport {
  /** The names of the disks whose boot record was written anew. */
  bootRecords: string[];
  restored: RestorationReport[];
  /** Why the others, or boot records, could not be. */
  problems: PartitionProblem[];
}

const leastMeasuredBytes = 8 * 1024 * 1024;

/**
 * Recreates boot records and partitions from good content (spec B5). Only disks with system partitions are opened
 * (spec B8). One restored partition suffices; what cannot be restored is a problem, and stays Dirty.
 *
 * A power cut at any moment leaves what the next run mends: a partition is Dirty before its first block is written, and
 * OK only when all of it is on the disk and was read back. Every run that comes to its end counts as a recovery.
 *
 * @throws KNOWN_STATE_RECOVERY_FAILED when no partition was restored, and none of the others is OK or Clean.
 */
export async function recoverSystem(recovery: Recovery): Promise<RecoveryReport> {
  const { located, partitions, isCounted = true, open = openDisk, log = () => {} } = recovery;
  const before = await readBootStates(located.partitions, open);
  const recoveries = (before.states?.recoveries ?? 0) + 1;
  const { changeStates: change = (make) => changeBootStates(located.partitions, make, open) } = recovery;
  // Where no state can be written, that is what may be mended now.
  await change((states) => markDirty(states, partitions)).catch((error) => log(reasonOf(error)));
  const report: RecoveryReport = { bootRecords: [], restored: [], problems: [] };
  const badDisks = await repairBootRecords(recovery, report);
  for (const name of partitions) {
    try {
      const restored = await restoreOne(name, recovery, badDisks);
      await change((states) => markPartition(states, name, 'OK', whatWasDone(restored)));
      report.restored.push(restored);
      log(`${name} is OK: ${whatWasDone(restored)}`);
    } catch (error) {
      recovery.signal.throwIfAborted();
      const problem = reasonOf(error);
      report.problems.push({ partition: name, problem });
      log(`${name} could not be restored: ${problem}`);
      await change((states) => markPartition(states, name, 'Dirty', problem)).catch(() => {});
    }
  }
  // Counted by itself, and last: a power cut between must not leave a limit that is reached and nothing that starts.
  if (isCounted) {
    await change((states) => ({ ...states, recoveries })).catch((error) => log(reasonOf(error)));
  }
  const others = Object.entries(before.states?.partitions ?? {}).filter(
    ([name]) => !partitions.includes(name),
  );
  const isGood = report.restored.length > 0 || others.some(([, { state }]) => state !== 'Dirty');
  if (isGood) return report;
  throw knownStateErrors.KNOWN_STATE_RECOVERY_FAILED({
    tried: `restore ${partitions.join(', ') || 'the system'}`,
    got:
      report.problems.map(({ partition, problem }) => `${partition}: ${problem}`).join('\n            ') ||
      'nothing',
  });
}

function markDirty(states: BootStates, partitions: readonly string[]): BootStates {
  const good = partitions.filter((name) => states.partitions[name]?.state !== 'Dirty');
  return good.reduce((all, name) => markPartition(all, name, 'Dirty', 'is being restored'), states);
}

/** Gives the names of the disks whose boot record is not right and cannot be written. */
async function repairBootRecords(
  { located, source, open = openDisk, log = () => {} }: Recovery,
  report: RecoveryReport,
): Promise<Map<string, string>> {
  const bad = new Map<string, string>();
  for (const { disk, integrity, problem } of await checkBootRecords(
    located.disks,
    source.bootRecords,
    open,
  )) {
    if (integrity === 'intact') continue;
    const device = located.disks.find(({ name }) => name === disk)?.device;
    const record = source.bootRecords[disk];
    try {
      if (device === undefined || record === undefined) throw new Error(problem);
      await writeBootRecord(device, record, open);
      report.bootRecords.push(disk);
      log(`the boot record of ${disk} was written anew: ${problem}`);
    } catch (error) {
      bad.set(disk, reasonOf(error));
      log(`the boot record of ${disk} could not be written: ${reasonOf(error)}`);
    }
  }
  return bad;
}

async function restoreOne(
  name: string,
  { located, source, publicKey, method, verify = true, signal, open = openDisk, log = () => {} }: Recovery,
  badDisks: ReadonlyMap<string, string>,
): Promise<RestorationReport> {
  signal.throwIfAborted();
  const partition = located.partitions.find((candidate) => candidate.name === name);
  const missing = located.problems.find((candidate) => candidate.partition === name);
  if (partition === undefined) throw new Error(missing?.problem ?? 'the layout has no such system partition');
  const manifest = source.manifests[name];
  if (manifest === undefined) throw new Error('the pack has no image of it');
  const onProgress = inTenths(name, log);
  const restored = await restorePartition(partition, {
    ...{ manifest, source, publicKey, method, verify, signal, open, onProgress },
  });
  const badRecord = badDisks.get(partition.disk);
  if (badRecord !== undefined) throw new Error(`its boot record: ${badRecord}`);
  return restored;
}

function inTenths(name: string, log: (text: string) => void): (share: number) => void {
  let said = 0;
  return (share) => {
    const tenths = Math.floor(share * 10);
    // A rewrite after a repair begins anew.
    if (tenths > said) log(`${name}: ${tenths * 10} % written`);
    said = tenths;
  };
}

function whatWasDone({
  method,
  version,
  writtenBlocks,
  writtenBytes,
  bytesPerSecond,
}: RestorationReport): string {
  // Of a few blocks only the disk's waiting would be measured.
  const speed = writtenBytes < leastMeasuredBytes ? '' : `, ${(bytesPerSecond / 1e6).toFixed(0)} MB/s`;
  if (method === 'rewrite') return `written anew with version ${version}${speed}`;
  if (writtenBlocks === 0) return `looked through, version ${version}, nothing differed`;
  return `repaired to version ${version}, ${writtenBlocks} of its blocks${speed}`;
}
