import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatSize, runTool } from '../foundation/index.ts';
import type { Bench } from '../harness/index.ts';
import { type ClonedOnce, runAssayClone } from './assay-clone.ts';
import { type CloneSide, runBareClone } from './bare-clone.ts';
import { measurePairs, type Pair } from './paired-samples.ts';
import { type SeededImage, writeSeededImage } from './seeded-image.ts';

type Progress = (text: string) => void;

/** Makes the image, works with it, and removes it and its last clone: together they would need much room. */
export async function withImage<Result>(
  bench: Bench,
  image: SeededImage,
  work: (side: CloneSide) => Promise<Result>,
): Promise<Result> {
  const masterPath = join(bench.workFolder, 'master.raw');
  const targetPath = join(bench.workFolder, 'clone.raw');
  await writeSeededImage(masterPath, image);
  const result = await work({ masterPath, targetPath, signal: bench.signal });
  for (const path of [masterPath, targetPath]) await rm(path);
  return result;
}

/** Script against Assay, and the most memory that each of Assay's processes had. */
export async function measureAgainstScript(side: CloneSide, count: number, onProgress: Progress) {
  const peaksBytes: number[] = [];
  const sides = {
    reference: () => timeScript(side),
    measured: async () => {
      const { tookMs, peakResidentBytes } = await timeAssay(side);
      peaksBytes.push(peakResidentBytes);
      return tookMs;
    },
  };
  const pairs = await measurePairs(count, sides, ({ reference, measured }, index) =>
    onProgress(`pair ${index + 1} of ${count}: script ${asMs(reference)}, Assay ${asMs(measured)}`),
  );
  return { pairs, peaksBytes };
}

/** Clones without a digest against clones with one. */
export async function measureDigests(side: CloneSide, count: number, onProgress: Progress): Promise<Pair[]> {
  const sides = {
    reference: async () => (await timeAssay(side)).tookMs,
    measured: async () => (await timeAssay(side, { digest: true })).tookMs,
  };
  return await measurePairs(count, sides, ({ reference, measured }, index) =>
    onProgress(`digest ${index + 1} of ${count}: without ${asMs(reference)}, with ${asMs(measured)}`),
  );
}

/** What the script takes when its cmp finds the master in the page cache, where nbdcopy has left it. */
export async function measureCachedMaster(
  side: CloneSide,
  count: number,
  onProgress: Progress,
): Promise<number[]> {
  const tookMs: number[] = [];
  while (tookMs.length < count) {
    tookMs.push(await timeScript(side, { masterStaysCached: true }));
    onProgress(`script, master left in the cache, ${tookMs.length} of ${count}: ${asMs(tookMs.at(-1)!)}`);
  }
  return tookMs;
}

export async function measurePeaks(side: CloneSide, count: number, onProgress: Progress): Promise<number[]> {
  const peaksBytes: number[] = [];
  while (peaksBytes.length < count) {
    peaksBytes.push((await timeAssay(side)).peakResidentBytes);
    onProgress(`memory ${peaksBytes.length} of ${count}: ${formatSize(peaksBytes.at(-1)!)} at most`);
  }
  return peaksBytes;
}

async function timeScript(side: CloneSide, options?: { masterStaysCached: boolean }): Promise<number> {
  await prepare(side);
  return await runBareClone(dirname(side.targetPath), side, options);
}

async function timeAssay(side: CloneSide, options?: { digest: boolean }): Promise<ClonedOnce> {
  await prepare(side);
  return await runAssayClone(side, options);
}

/**
 * Makes every clone begin alike: no target, nothing left to be written, and a master that has to be read from the
 * disk. None of it is timed.
 */
async function prepare({ masterPath, targetPath, signal }: CloneSide): Promise<void> {
  await rm(targetPath, { force: true });
  await runTool('sync', [], { signal });
  // Node has no posix_fadvise; this is dd's own way of asking for POSIX_FADV_DONTNEED on a whole file.
  await runTool('dd', [`if=${masterPath}`, 'of=/dev/null', 'iflag=nocache', 'count=0', 'status=none'], {
    signal,
  });
}

function asMs(value: number): string {
  return `${value.toFixed(0)} ms`;
}
