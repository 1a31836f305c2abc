import { type Area, blockBytes } from './manifest.ts';

/** Blocks that lie one behind the other. */
export interface BlockRun {
  firstBlock: number;
  blocks: number;
}

/** Puts ascending numbers of blocks together, at most `mostBlocks` at a time. Pure. */
export function* blockRuns(
  indices: Iterable<number>,
  mostBlocks: number,
): Generator<BlockRun, void, undefined> {
  let run: BlockRun | undefined;
  for (const index of indices) {
    if (run !== undefined && run.firstBlock + run.blocks === index && run.blocks < mostBlocks) {
      run.blocks += 1;
      continue;
    }
    if (run !== undefined) yield run;
    run = { firstBlock: index, blocks: 1 };
  }
  if (run !== undefined) yield run;
}

/**
 * The parts of a run that no area covers, counted from the partition's beginning: what is written of its content. Pure.
 */
export function partsOutside({ firstBlock, blocks }: BlockRun, areas: readonly Area[]): Area[] {
  const endBytes = (firstBlock + blocks) * blockBytes;
  const parts: Area[] = [];
  let fromBytes = firstBlock * blockBytes;
  for (const { offsetBytes, lengthBytes } of areas.toSorted((a, b) => a.offsetBytes - b.offsetBytes)) {
    const cutBytes = Math.min(offsetBytes, endBytes);
    if (cutBytes > fromBytes) parts.push({ offsetBytes: fromBytes, lengthBytes: cutBytes - fromBytes });
    fromBytes = Math.max(fromBytes, offsetBytes + lengthBytes);
  }
  if (endBytes > fromBytes) parts.push({ offsetBytes: fromBytes, lengthBytes: endBytes - fromBytes });
  return parts;
}
