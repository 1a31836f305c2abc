/** What file systems allocate by. */
const granuleBytes = 4096;
/** Zeros between two pieces of data that are cheaper written than left out. */
const shortestHoleBytes = 8 * granuleBytes;

const zeros = Buffer.alloc(2 * 1024 ** 2);

/** A piece of a block, in bytes from its start. */
export interface Run {
  start: number;
  end: number;
}

/** The pieces of a block (at most 2 MiB) that have to be written into a file in which everything reads as zero. */
export function dataRuns(block: Buffer): Run[] {
  if (isZero(block, 0, block.length)) return [];
  const runs: Run[] = [];
  for (let start = 0; start < block.length; start += granuleBytes) {
    const end = Math.min(start + granuleBytes, block.length);
    if (isZero(block, start, end)) continue;
    const last = runs.at(-1);
    if (last !== undefined && start - last.end < shortestHoleBytes) last.end = end;
    else runs.push({ start, end });
  }
  return runs;
}

function isZero(block: Buffer, start: number, end: number): boolean {
  return block.compare(zeros, 0, end - start, start, end) === 0;
}
