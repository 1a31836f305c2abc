import type { Finding } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import { rawTypes } from '../partition-tables/type-names.ts';
import type { DiskPartition } from '../place.ts';
import { fileSystemFinding } from './file-system-finding.ts';
import { tellBeginning } from './known-beginnings.ts';
import { PartitionReader } from './partition-reader.ts';
import { recogniseLuks, recogniseLvm, recogniseMd } from './recognise-containers.ts';
import { recogniseExt, recogniseExtBackup } from './recognise-ext.ts';
import { recogniseExfat, recogniseFat, recogniseNtfs } from './recognise-fat.ts';
import { recogniseBtrfs, recogniseF2fs, recogniseSwap, recogniseXfs } from './recognise-linux.ts';
import { recogniseErofs, recogniseIso, recogniseSquashfs } from './recognise-packed.ts';
import type { FileSystemType, RecognisedFileSystem } from './recognised-file-system.ts';
import type { Recogniser, Recognition } from './recognition.ts';
import { isZero } from './tool-folder.ts';

/** What holds others comes first: the members of a RAID 1 have a whole file system in them. */
const recognisers: readonly Recogniser[] = [
  recogniseMd,
  recogniseLuks,
  recogniseLvm,
  recogniseExt,
  recogniseXfs,
  recogniseBtrfs,
  recogniseF2fs,
  recogniseSquashfs,
  recogniseErofs,
  recogniseNtfs,
  recogniseExfat,
  recogniseFat,
  recogniseIso,
  recogniseSwap,
];

/** Data in use in a partition that is all zeros; what is beyond is believed to be zeros, too. */
const emptinessBytes = 64 * 1024 ** 2;

const growing: readonly FileSystemType[] = [
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'f2fs',
  'fat12',
  'fat16',
  'fat32',
  'exfat',
  'ntfs',
];
/** A partition is rounded up to a mebibyte or to its table's cylinders. */
const usualSlackBytes = 16 * 1024 ** 2;

/** Says what lies in a partition by its superblocks, of which a few pages are read. Whatever is wrong is a finding. */
export async function recogniseFileSystem(
  source: ImageSource,
  partition: DiskPartition,
): Promise<RecognisedFileSystem> {
  const reader = new PartitionReader(source, partition);
  const found: Recognition[] = [];
  // The sector of an extended partition only leads to the logical drives in it.
  for (const recognise of partition.kind === 'extended' ? [] : recognisers) {
    const recognition = await recognise(reader);
    if (recognition !== undefined) found.push(recognition);
  }
  // Two bytes make an ext; what fits together as a whole is more to be believed.
  const first = found.find(({ contradictions = [] }) => contradictions.length === 0) ?? found[0];
  if (first === undefined) return await withoutSuperblock(source, partition, reader);
  const { contradictions = [], features = [], facts = [], ...rest } = first;
  return {
    ...{ partition, features },
    ...rest,
    facts: new Map(facts),
    findings: [...signatureFindings(found, partition), ...findingsOf(first, contradictions, partition)],
  };
}

async function withoutSuperblock(
  source: ImageSource,
  partition: DiskPartition,
  reader: PartitionReader,
): Promise<RecognisedFileSystem> {
  const nothing = { partition, features: [], facts: new Map<string, string>(), findings: [] };
  if (partition.kind === 'extended') return { ...nothing, type: 'unknown' };
  const backup = await recogniseExtBackup(reader);
  if (backup !== undefined) {
    const evidence = backup.facts?.map((fact) => fact.join(' ')).join(', ') ?? '';
    return {
      ...nothing,
      type: 'unknown',
      findings: [fileSystemFinding('file-system-superblock-lost', partition, `${backup.type}: ${evidence}`)],
    };
  }
  const emptiness = await lookForData(source, partition);
  if (emptiness !== 'data') {
    const facts =
      emptiness === 'zeros' ? [] : [['looked at', `the first ${emptinessBytes} bytes of data`] as const];
    return { ...nothing, type: 'empty', facts: new Map(facts) };
  }
  if (rawTypes.includes(partition.type)) return { ...nothing, type: 'unknown' };
  const evidence = tellBeginning(await reader.read(0, 512));
  return {
    ...nothing,
    type: 'unknown',
    findings: [fileSystemFinding('file-system-unknown', partition, evidence)],
  };
}

/** Whether it is all zeros, or at least begins with many. */
async function lookForData(
  source: ImageSource,
  { offsetBytes, sizeBytes }: DiskPartition,
): Promise<'zeros' | 'zeros-at-first' | 'data'> {
  let looked = 0;
  for await (const { bytes } of source.chunks(offsetBytes, sizeBytes)) {
    if (bytes === null) continue;
    if (!isZero(bytes)) return 'data';
    looked += bytes.length;
    if (looked >= emptinessBytes) return 'zeros-at-first';
  }
  return 'zeros';
}

function signatureFindings(found: readonly Recognition[], partition: DiskPartition): Finding[] {
  if (found.length < 2 || found[0]!.type === 'md-raid') return [];
  const types = found.map(({ type }) => type).join(', ');
  return [fileSystemFinding('file-system-several-signatures', partition, types)];
}

function findingsOf(
  found: Recognition,
  contradictions: readonly string[],
  partition: DiskPartition,
): Finding[] {
  const finding = (...[kind, evidence]: [Parameters<typeof fileSystemFinding>[0], string]) =>
    fileSystemFinding(kind, partition, evidence);
  const { type, sizeBytes, state, facts = [] } = found;
  if (contradictions.length > 0)
    return [finding('file-system-superblock-damaged', `${type}: ${contradictions.join(', ')}`)];
  const sizes = `${type} of ${sizeBytes} bytes in ${partition.sizeBytes}`;
  const isSmall =
    sizeBytes !== undefined &&
    growing.includes(type) &&
    sizeBytes < partition.sizeBytes * 0.95 - usualSlackBytes;
  const told = facts.map((fact) => fact.join(' ')).join(', ');
  return [
    ...(sizeBytes !== undefined && sizeBytes > partition.sizeBytes
      ? [finding('file-system-truncated', sizes)]
      : []),
    ...(isSmall ? [finding('file-system-not-grown', sizes)] : []),
    ...(state === 'in-use' ? [finding('file-system-in-use', `${type}, ${told}`)] : []),
    ...(state === 'has-errors' ? [finding('file-system-noted-errors', `${type}, ${told}`)] : []),
    ...(state === 'hibernated' ? [finding('swap-hibernated', told)] : []),
    ...(type === 'luks1' || type === 'luks2'
      ? [finding('luks-key-cloned', `${type} ${found.uuid ?? ''}`)]
      : []),
  ];
}
