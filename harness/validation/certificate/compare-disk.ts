import { ImageSource } from '../../inspection/image-source.ts';
import { DiskDigest } from '../../inspection/one-pass/disk-digest.ts';
import { readOnce } from '../../inspection/one-pass/read-once.ts';
import { assertCertified, assertCertifiedSize } from './certified-disks.ts';
import type { ValidationStatement } from './statement.ts';

/**
 * Reads a disk once, and compares its digest `assay-disk-1` with the certified one. One of another size is not read.
 *
 * @throws CERTIFICATE_DISK_DIFFERS; WITNESS_DISK_UNREADABLE, WITNESS_DISK_CHANGED, INSPECTION_NOT_RAW; the signal's
 * reason.
 */
export async function assertDiskCertified(
  statement: ValidationStatement,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  await using source = await ImageSource.open(path);
  const { sizeBytes } = source;
  assertCertifiedSize(statement, { path, sizeBytes });
  const digest = new DiskDigest(sizeBytes);
  await readOnce(source, { observers: [digest], ...(signal === undefined ? {} : { signal }) });
  assertCertified(statement, { path, sizeBytes, digest: (await digest.finish()).digest });
}
