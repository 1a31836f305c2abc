import { setImmediate } from 'node:timers/promises';
import type { Finding } from '../finding.ts';
import { partitionName } from '../place.ts';
import { findPlaces } from './find-places.ts';
import { IndexedTree } from './indexed-tree.ts';
import { JudgedFiles } from './judged-files.ts';
import { type Mount, readFurtherHomes, readMountTable } from './mount-table.ts';
import { mostHomes, mostMounts, mostPlaces, usualReadBytes } from './residue-limits.ts';
import type { ResidueRule } from './residue-rule.ts';
import type { ResidueSystem } from './residue-system.ts';
import { searchPartition } from './search-partition.ts';
import { searchRule } from './search-rule.ts';
import { notAllReadFinding } from './sightings-finding.ts';
import type { SystemPlace } from './system-place.ts';

/**
 * What is left over of one machine's identity, secrets and history in the file systems of a disk (spec H5). One finding for each rule and partition,
 * with some of the paths.
 *
 * A path of a rule is looked for from the root of every partition, and below the place that a partition has in the running system: by a fstab of the disk,
 * or by what it looks like. All work is bounded by residue-limits.ts; what is beyond it is the finding `residue-not-all-read`.
 *
 * @param judged Gets the files that rules have spoken of.
 * @throws what the trees throw when the image cannot be read; the signal's reason.
 */
export async function findResidue(
  systems: readonly ResidueSystem[],
  rules: readonly ResidueRule[],
  signal?: AbortSignal,
  judged = new JudgedFiles(),
): Promise<Finding[]> {
  const indexed = systems.map((system) => ({ system, index: new IndexedTree(system.tree) }));
  const guesses = indexed.flatMap(({ system, index }) => findPlaces(system, index, []));
  const { mounts, homes } = await readAccountsAndMounts(guesses);
  const searches = rules.map((rule) => searchRule(rule, homes));
  const placesOf = indexed.map(({ system, index }) => findPlaces(system, index, mounts));
  const findings: Finding[] = [];
  for (const [number, { index, system }] of indexed.entries()) {
    // What the process does besides wants its turn: the search itself waits for little.
    await setImmediate();
    signal?.throwIfAborted();
    const places = placesOf[number]!;
    const partition = { partition: system.partition, index, places };
    if (places.length >= mostPlaces) {
      findings.push(
        notAllReadFinding(partitionName(system.partition), [`more than ${mostPlaces} mounts or deployments`]),
      );
    }
    findings.push(...(await searchPartition(partition, searches, placesOf.flat(), judged)));
  }
  return findings;
}

/** What the systems of the disk say of themselves: where partitions are mounted, and who lives where. */
async function readAccountsAndMounts(
  places: readonly SystemPlace[],
): Promise<{ mounts: Mount[]; homes: string[] }> {
  const texts = async (systemPath: string) => {
    const read: string[] = [];
    for (const place of places) {
      const path = place.inTree(systemPath);
      const isFile = path !== undefined && place.index.node(path)?.kind === 'file';
      if (isFile) read.push((await place.index.tree.read(path, usualReadBytes))?.toString('utf8') ?? '');
    }
    return read;
  };
  return {
    mounts: (await texts('/etc/fstab')).flatMap(readMountTable).slice(0, mostMounts),
    homes: [...new Set((await texts('/etc/passwd')).flatMap(readFurtherHomes))].slice(0, mostHomes),
  };
}
