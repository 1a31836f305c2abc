import type { RecognisedFileSystem } from '../file-systems/index.ts';
import type { ByteRange, Finding } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';
import { DiskDigest } from './disk-digest.ts';
import { type FilesOfDisk, nameOwners } from './name-owners.ts';
import { NeedleScan } from './needle-scan.ts';
import { findingsOfHits, placeHits } from './place-hits.ts';
import { PlainDigest } from './plain-digest.ts';
import { readOnce } from './read-once.ts';
import { UnpartitionedData } from './unpartitioned-data.ts';

export interface DiskPassOptions {
  rawAreas: readonly ByteRange[];
  /** File systems that are recognised already. */
  recognised?: ReadonlyMap<DiskPartition, RecognisedFileSystem>;
  /** To name those with secrets in them; without it, only their partition is named. */
  files?: FilesOfDisk;
  sha256: boolean;
  signal?: AbortSignal;
  /** From 0 to 1. */
  onProgress?: (done: number) => void;
}

export interface PassFindings {
  /** By algorithm, in hexadecimal digits: `assay-disk-1`, and `sha256` when it was asked for. */
  digests: Record<string, string>;
  /** What is not a hole. */
  allocatedBytes: number;
  findings: Finding[];
}

/**
 * The one reading of a disk: its digests, secrets wherever they lie, and data outside of partitions.
 *
 * @throws as {@link readOnce}.
 */
export async function passOverDisk(
  source: ImageSource,
  {
    partitions,
    unpartitioned,
  }: { partitions: readonly DiskPartition[]; unpartitioned: readonly ByteRange[] },
  { rawAreas, recognised, files, sha256, signal, onProgress }: DiskPassOptions,
): Promise<PassFindings> {
  const digest = new DiskDigest(source.sizeBytes);
  const scan = new NeedleScan();
  const raw = new UnpartitionedData({ ranges: unpartitioned, respected: rawAreas });
  const plain = sha256 ? new PlainDigest(signal) : undefined;
  const { readBytes } = await readOnce(source, {
    observers: [digest, scan, raw, ...(plain === undefined ? [] : [plain])],
    onProgress: (doneBytes) => onProgress?.(doneBytes / source.sizeBytes),
    ...(signal === undefined ? {} : { signal }),
  });
  const { format, digest: value } = await digest.finish();
  const { hits, counts } = scan.finish();
  const placed = await placeHits(source, hits, {
    ...{ partitions, declared: rawAreas },
    ...(recognised === undefined ? {} : { recognised }),
  });
  const owned = files === undefined ? placed : await nameOwners(placed, files);
  return {
    digests: { [format]: value, ...(plain === undefined ? {} : { sha256: plain.finish() }) },
    allocatedBytes: readBytes,
    findings: [...findingsOfHits(owned, counts), ...raw.findings()],
  };
}
