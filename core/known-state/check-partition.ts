import { AssayError } from '../../foundation/index.ts';
import { ioErrorCode, type OpenDisk, openDisk } from '../script/steps/hardware/disk-access.ts';
import { type BlockDifferences, compareBlocks } from './compare-blocks.ts';
import type { LocatedPartition } from './configuration.ts';
import type { Integrity } from './decide-boot.ts';
import type { PartitionManifest } from './manifest.ts';
import { readPartitionManifest } from './partition-manifest.ts';

/** One of `parts` equal shares of the blocks that are not critical: the one whose turn it is. */
export interface BlockShare {
  parts: number;
  /** Counts on from start to start, so that after `parts` of them every block was looked at. */
  turn: number;
}

export interface PartitionCheck {
  /** Of the manifest's signature, PEM. */
  publicKey: string;
  /** Without it every block is read. */
  share?: BlockShare;
  signal: AbortSignal;
  open?: OpenDisk;
}

/** What was found of a partition's content (spec B2). */
export interface PartitionReport {
  integrity: Integrity;
  /** What is wrong, in one line; empty when nothing is. */
  problem: string;
  /** Of the system image, as far as the manifest could be read. */
  version?: string;
  checkedBytes: number;
  /** 0 when nothing was read. */
  bytesPerSecond: number;
}

/** So many blocks are named when several are wrong. */
const mostNamed = 4;

/**
 * Verifies a partition's content by the manifest that lies on it (spec B2): its signature, then the hash of the critical
 * blocks and of a share of the others, or of all. Changes nothing, and never throws but for the signal.
 */
export async function checkPartition(
  partition: LocatedPartition,
  { publicKey, share, signal, open = openDisk }: PartitionCheck,
): Promise<PartitionReport> {
  const startMs = performance.now();
  try {
    await using disk = await open(partition.device, 'read');
    const manifest = await readPartitionManifest(partition, disk, publicKey);
    const { offsetBytes } = partition;
    const blocks = blocksToCheck(manifest, share);
    const { differing, unreadable, readBytes } = await compareBlocks({
      ...{ disk, offsetBytes, manifest, blocks, signal },
    });
    const seconds = Math.max(performance.now() - startMs, 1) / 1000;
    return {
      integrity: unreadable.length > 0 ? 'unreadable' : differing.length > 0 ? 'damaged' : 'intact',
      problem: describeDifferences({ differing, unreadable }),
      version: manifest.version,
      checkedBytes: readBytes,
      bytesPerSecond: Math.round(readBytes / seconds),
    };
  } catch (error) {
    signal.throwIfAborted();
    const isManifest = error instanceof AssayError;
    const problem = isManifest
      ? `its manifest is not right: ${error.facts.got}`
      : `its manifest cannot be read: ${ioErrorCode(error)}`;
    return { integrity: isManifest ? 'damaged' : 'unreadable', problem, checkedBytes: 0, bytesPerSecond: 0 };
  }
}

/** The numbers of the blocks, ascending. Pure. */
export function blocksToCheck({ blocks, criticalBlocks }: PartitionManifest, share?: BlockShare): number[] {
  const all = [...blocks.keys()];
  if (share === undefined) return all;
  const { parts, turn } = share;
  return all.filter((index) => index < criticalBlocks || index % parts === turn % parts);
}

/** What is wrong with blocks, in one line; empty when nothing is. Pure. */
export function describeDifferences({
  differing,
  unreadable,
}: Pick<BlockDifferences, 'differing' | 'unreadable'>): string {
  const parts = [
    nameBlocks(unreadable, 'cannot be read', 'cannot be read'),
    nameBlocks(differing, 'differs', 'differ'),
  ];
  return parts.filter(Boolean).join(', ');
}

function nameBlocks(blocks: readonly number[], one: string, several: string): string {
  if (blocks.length === 0) return '';
  if (blocks.length === 1) return `block ${blocks[0]} ${one}`;
  const more = blocks.length > mostNamed ? ', …' : '';
  return `${blocks.length} blocks ${several} (${blocks.slice(0, mostNamed).join(', ')}${more})`;
}
