import type { OpenDisk } from '../script/steps/hardware/disk-access.ts';
import { type BootRecordFinding, checkBootRecords } from './check-boot-record.ts';
import { checkPartition, type PartitionReport } from './check-partition.ts';
import type { KnownStateConfiguration, LocatedSystem } from './configuration.ts';
import {
  type BootDecision,
  type BootFindings,
  decideBoot,
  type PartitionFinding,
  recoveryLimit,
} from './decide-boot.ts';
import type { RecoverySource } from './recover-system.ts';
import { systemPartitions } from './redundant-layout.ts';
import { startOf } from './state-record.ts';
import { type BootStatesReading, readBootStates } from './state-store.ts';

export interface DecisionSearch {
  configuration: KnownStateConfiguration;
  located: LocatedSystem;
  /** Sector 0 of the disks as it was built. */
  bootRecords: RecoverySource['bootRecords'];
  /** The partitions in the order in which they are tried. */
  candidates: readonly string[];
  /** Into how many shares a quick check divides the blocks that are not critical; 1 for a full check. */
  parts: number;
  open: OpenDisk;
  signal: AbortSignal;
  log(text: string): void;
}

/** What is done at this start, and why. Plain JSON. */
export interface FoundDecision {
  decision: BootDecision;
  findings: BootFindings;
  /** What is wrong with a partition or its boot record, by its name; those of which nothing is known are missing. */
  problems: Record<string, string>;
  /** Of partitions that were read. */
  reports: Record<string, PartitionReport>;
}

/**
 * Looks at boot records, boot states and partitions, and decides (spec B2 to B5). Partitions are read in order and only as
 * far as the decision needs it: none behind the one that starts, and none that is Dirty. Changes nothing.
 */
export async function findDecision(search: DecisionSearch): Promise<FoundDecision> {
  const { configuration, located, bootRecords, candidates, open, log } = search;
  const records = await checkBootRecords(located.disks, bootRecords, open);
  for (const { disk, problem } of records) if (problem !== '') log(`boot record of ${disk}: ${problem}`);
  const reading = await readBootStates(located.partitions, open);
  for (const { partition, problem } of reading.problems) log(`boot states on ${partition}: ${problem}`);
  const diskOf = new Map(systemPartitions(configuration.layout).map(({ name, disk }) => [name, disk]));
  const found: FoundDecision = {
    decision: { action: 'give-up', dirty: [], reason: '' },
    findings: { partitions: [], recoveries: reading.states?.recoveries ?? 0 },
    problems: {},
    reports: {},
  };
  const partitions = candidates.map((name) =>
    firstFinding(name, records.find(({ disk }) => disk === diskOf.get(name))!, reading, found.problems),
  );
  found.findings = { ...found.findings, partitions };
  if (readsPartitions(found.findings)) await readInOrder(partitions, search, reading, found);
  found.decision = decideBoot(found.findings);
  return found;
}

function firstFinding(
  name: string,
  record: BootRecordFinding,
  { states }: BootStatesReading,
  problems: Record<string, string>,
): PartitionFinding {
  const { state = 'unknown', reason = 'no partition holds a valid copy' } = states?.partitions[name] ?? {};
  if (record.integrity !== 'intact') problems[name] = `boot record: ${record.problem}`;
  else if (state === 'Dirty' || state === 'unknown') problems[name] = reason;
  return { name, bootRecord: record.integrity, integrity: 'intact', state };
}

/** A damaged boot record means recovery at once, whatever the partitions hold. */
function readsPartitions({ partitions, recoveries }: BootFindings): boolean {
  return recoveries >= recoveryLimit || partitions.every(({ bootRecord }) => bootRecord !== 'damaged');
}

async function readInOrder(
  partitions: PartitionFinding[],
  search: DecisionSearch,
  { sequence }: BootStatesReading,
  { problems, reports }: FoundDecision,
): Promise<void> {
  const { configuration, located, parts, open, signal, log } = search;
  const { publicKey } = configuration;
  const share = parts === 1 ? {} : { share: { parts, turn: startOf(sequence) } };
  for (const [index, finding] of partitions.entries()) {
    const { name, bootRecord, state } = finding;
    if (bootRecord !== 'intact' || state === 'Dirty' || state === 'unknown') continue;
    const partition = located.partitions.find((candidate) => candidate.name === name)!;
    const report = await checkPartition(partition, { publicKey, ...share, signal, open });
    reports[name] = report;
    partitions[index] = { ...finding, integrity: report.integrity };
    log(`${name}: ${describeReport(report)}`);
    if (report.integrity === 'intact') return;
    problems[name] = report.problem;
  }
}

function describeReport({ integrity, problem, checkedBytes, bytesPerSecond }: PartitionReport): string {
  const speed = `${(checkedBytes / 1e6).toFixed(1)} MB at ${(bytesPerSecond / 1e6).toFixed(0)} MB/s`;
  return problem === '' ? `${integrity}, ${speed}` : `${integrity}, ${problem}; ${speed}`;
}
