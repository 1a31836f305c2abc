import { type BootLoader, recogniseBootLoaders } from './boot-loaders/index.ts';
import {
  checkFileSystemHealth,
  DiskBudget,
  type FileTree,
  openFileTree,
  type RecognisedFileSystem,
  recogniseFileSystem,
  usualToolLimits,
  usualTreeLimits,
} from './file-systems/index.ts';
import type { ByteRange, Finding } from './finding.ts';
import type { ImageSource } from './image-source.ts';
import { type PassFindings, passOverDisk } from './one-pass/pass-over-disk.ts';
import { type PartitionReading, readPartitions } from './partition-tables/index.ts';
import { type DiskPartition, partitionName } from './place.ts';
import { findResidue, JudgedFiles, type ResidueRule } from './residue/index.ts';

export interface InspectionOptions {
  /** Areas outside of partitions that belong there. */
  rawAreas: readonly ByteRange[];
  residueRules: readonly ResidueRule[];
  /** SHA-256 of all bytes, too; holes are hashed as zeros, so that it takes its time. */
  sha256: boolean;
  signal?: AbortSignal;
  /** What is being looked at, and how far that is, where it can be said, from 0 to 1. */
  onProgress?: (what: string, done?: number) => void;
}

/** A partition, what lies in it, and its files where they can be read. */
export interface InspectedContent {
  partition: DiskPartition;
  fileSystem: RecognisedFileSystem;
  tree?: FileTree;
}

export interface DiskInspection extends PassFindings {
  table: PartitionReading;
  contents: InspectedContent[];
  /** What starts it. */
  loaders: BootLoader[];
  /** Of all parts, in the order in which a person would look: table, file systems, boot loaders, residue, raw data. */
  findings: Finding[];
}

/**
 * Looks at a disk without starting anything: partition table, file systems, boot loaders, what is left over in files, and all of its bytes once
 * (spec H5). Whatever is wrong with it is a finding. It writes nothing to it.
 *
 * @throws WITNESS_DISK_UNREADABLE, WITNESS_DISK_CHANGED; FOUNDATION_TOOL_MISSING; the signal's reason.
 */
export async function inspectDisk(source: ImageSource, options: InspectionOptions): Promise<DiskInspection> {
  const { onProgress = () => {}, residueRules, signal } = options;
  onProgress('the partition table');
  const table = await readPartitions(source);
  const contents: InspectedContent[] = [];
  const findings: Finding[] = [...table.findings];
  const budget = new DiskBudget(signal);
  for (const partition of table.partitions.filter(({ kind }) => kind !== 'extended')) {
    signal?.throwIfAborted();
    onProgress(partitionName(partition));
    const { findings: found, ...content } = await inspectPartition(source, partition, budget);
    contents.push(content);
    findings.push(...found);
  }
  onProgress('what starts it');
  const boot = await recogniseBootLoaders(source, table, contents);
  findings.push(...boot.findings);
  onProgress('what is left over');
  const systems = contents.flatMap(({ partition, fileSystem, tree }) =>
    tree === undefined ? [] : [{ partition, tree, fileSystem: namesOf(fileSystem) }],
  );
  const judged = new JudgedFiles();
  findings.push(...(await findResidue(systems, residueRules, signal, judged)));
  const pass = await passOverDisk(source, table, {
    ...options,
    recognised: new Map(contents.map(({ partition, fileSystem }) => [partition, fileSystem])),
    files: { trees: new Map(systems.map(({ partition, tree }) => [partition, tree])), judged, budget },
    onProgress: (done) => onProgress('every byte', done),
  });
  return { ...pass, table, contents, loaders: boot.loaders, findings: [...findings, ...pass.findings] };
}

async function inspectPartition(
  source: ImageSource,
  partition: DiskPartition,
  budget: DiskBudget,
): Promise<InspectedContent & { findings: Finding[] }> {
  const fileSystem = await recogniseFileSystem(source, partition);
  const health = await checkFileSystemHealth(source, fileSystem, usualToolLimits, budget);
  const { tree, findings } = await openFileTree(source, fileSystem, usualTreeLimits, budget);
  return {
    ...{ partition, fileSystem, ...(tree === undefined ? {} : { tree }) },
    findings: [...fileSystem.findings, ...health, ...findings],
  };
}

function namesOf({ uuid, label }: RecognisedFileSystem): { uuid?: string; label?: string } {
  return { ...(uuid === undefined ? {} : { uuid }), ...(label === undefined ? {} : { label }) };
}
