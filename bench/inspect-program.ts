/**
 * A process that reads one disk once, as the static inspection does, so that its memory is nobody else's:
 * `inspect-program.ts IMAGE`. What it has seen goes to stdout as JSON ({@link InspectedOnce}).
 */
import { readFile } from 'node:fs/promises';
import { ImageSource } from '../harness/inspection/image-source.ts';
import { DiskDigest } from '../harness/inspection/one-pass/disk-digest.ts';
import { NeedleScan } from '../harness/inspection/one-pass/needle-scan.ts';
import { readOnce } from '../harness/inspection/one-pass/read-once.ts';
import { UnpartitionedData } from '../harness/inspection/one-pass/unpartitioned-data.ts';
import type { InspectedOnce } from './inspection-sides.ts';

const mebibyte = 1024 ** 2;
const startMs = performance.now();
await using source = await ImageSource.open(process.argv[2]!);
const digest = new DiskDigest(source.sizeBytes);
const needles = new NeedleScan();
// Where a disk has its gap before the first partition.
const unpartitioned = new UnpartitionedData({ ranges: [{ offsetBytes: 512, lengthBytes: mebibyte }] });
const { readBytes, holeBytes } = await readOnce(source, { observers: [digest, needles, unpartitioned] });
const { digest: digestText, dataBlocks } = await digest.finish();
needles.finish();
unpartitioned.findings();
const inspected: InspectedOnce = {
  tookMs: performance.now() - startMs,
  digest: digestText,
  dataBlocks,
  readBytes,
  holeBytes,
  peakResidentBytes: await peakResidentBytes(),
};
process.stdout.write(JSON.stringify(inspected));

/** Of this program alone (proc(5), VmHWM); getrusage(2) counts what the process was a copy of before it started, too. */
async function peakResidentBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
