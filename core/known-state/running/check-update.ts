import { allocateAligned } from '../../factory/clone/aligned-memory.ts';
import { checkPartition } from '../check-partition.ts';
import type { LocatedPartition } from '../configuration.ts';
import { knownStateErrors } from '../errors.ts';
import { blockBytes, hashBlock, type PartitionManifest } from '../manifest.ts';
import type { Pack } from '../pack.ts';
import { openManifestOf } from '../partition-manifest.ts';
import { reasonOf } from '../reason-of.ts';
import { readBootStates } from '../state-store.ts';
import type { RunningSystem } from './running-system.ts';

/**
 * Looks through all of an update before anything is written (spec B7): its signature, that it is for this partition and
 * fits, and every block's hash.
 *
 * @throws KNOWN_STATE_UPDATE_REFUSED
 */
export async function checkUpdatePack(
  partition: LocatedPartition,
  pack: Pack,
  publicKey: string,
): Promise<PartitionManifest> {
  const { name } = partition;
  const signed = pack.manifests[name];
  if (signed === undefined) {
    const held = Object.keys(pack.manifests).join(', ') || 'none';
    throw refused(name, `the pack has no image of it, but of ${held}`);
  }
  try {
    const manifest = openManifestOf(partition, signed, publicKey);
    const block = allocateAligned(blockBytes);
    for (const hash of new Set(manifest.blocks)) {
      await pack.read(hash, block);
      if (hashBlock(block) !== hash) throw new Error(`its block ${manifest.blocks.indexOf(hash)} is damaged`);
    }
    return manifest;
  } catch (error) {
    throw refused(name, reasonOf(error), error);
  }
}

/**
 * Looks for another partition that can be started when the update cannot: OK or Clean, and intact, all of it.
 *
 * @returns Its name.
 * @throws KNOWN_STATE_UPDATE_REFUSED when there is none, with what is wrong with each.
 */
export async function findFallback(
  system: RunningSystem,
  target: string,
  signal: AbortSignal,
): Promise<string> {
  const { located, openDisk: open, configuration } = system;
  const { states } = await readBootStates(located.partitions, open);
  const problems = located.problems.map(({ partition, problem }) => `${partition}: ${problem}`);
  for (const partition of located.partitions.filter(({ name }) => name !== target)) {
    const { name } = partition;
    const state = states?.partitions[name]?.state ?? 'unknown';
    if (state !== 'OK' && state !== 'Clean') {
      problems.push(`${name} is ${state}`);
      continue;
    }
    const { publicKey } = configuration;
    const { integrity, problem } = await checkPartition(partition, { publicKey, signal, open });
    if (integrity === 'intact') return name;
    problems.push(`${name} is ${integrity}: ${problem}`);
  }
  throw refused(target, `no other partition could be started: ${problems.join('; ') || 'there is none'}`);
}

function refused(partition: string, got: string, cause?: unknown) {
  const tried = `write an update to ${partition}`;
  return knownStateErrors.KNOWN_STATE_UPDATE_REFUSED({ tried, got }, cause);
}
