import { type DiskBudget, type FileTree, findBlockOwners } from '../file-systems/index.ts';
import type { Severity } from '../finding.ts';
import type { DiskPartition } from '../place.ts';
import type { JudgedFiles, ResidueRule } from '../residue/index.ts';
import { type FileNature, natureOf } from './file-nature.ts';
import type { Needle } from './needles.ts';
import type { PlacedHit } from './place-hits.ts';

/** What is known of a disk's files when its bytes are searched. */
export interface FilesOfDisk {
  trees: ReadonlyMap<DiskPartition, FileTree>;
  judged: JudgedFiles;
  budget: DiskBudget;
}

/** To whom a block in use belongs, and what a secret in it has to mean. */
export type HitOwner =
  | 'journal'
  | {
      /** The first of its names, in its file system. */
      path: string;
      nature: FileNature;
      sizeBytes: number;
      /** A rule on files has said so of this file already. */
      isJudged: boolean;
    };

/**
 * Names the files in which secrets lie that were found in blocks in use. Nothing is read when there are none.
 *
 * @throws what the trees throw when the image cannot be read; the signal's reason.
 */
export async function nameOwners(placed: readonly PlacedHit[], files: FilesOfDisk): Promise<PlacedHit[]> {
  const used = placed.filter(({ area, partition }) => area === 'used' && files.trees.has(partition!));
  const named = new Map<PlacedHit, PlacedHit>();
  for (const [partition, places] of Map.groupBy(used, ({ partition }) => partition!)) {
    for (const place of await nameInPartition(partition, places, files))
      named.set(place.unnamed, place.named);
  }
  return placed.map((place) => named.get(place) ?? place);
}

async function nameInPartition(
  partition: DiskPartition,
  places: readonly PlacedHit[],
  { trees, judged, budget }: FilesOfDisk,
): Promise<{ unnamed: PlacedHit; named: PlacedHit }[]> {
  const tree = trees.get(partition)!;
  const placeOf = ({ hit }: PlacedHit) => hit.offsetBytes - partition.offsetBytes;
  const { owners, wasCut } = await findBlockOwners(tree, places.map(placeOf), budget);
  const natures = new Map<string, Promise<FileNature>>();
  const named: { unnamed: PlacedHit; named: PlacedHit }[] = [];
  for (const unnamed of places) {
    const owner = owners.get(placeOf(unnamed));
    if (owner === undefined || owner === 'journal') {
      const isSearchCut = wasCut ? ({ isSearchCut: true } as const) : {};
      named.push({ unnamed, named: { ...unnamed, ...(owner === undefined ? isSearchCut : { owner }) } });
      continue;
    }
    const { paths } = owner;
    const path = paths[0]!;
    if (!natures.has(path)) natures.set(path, natureOf(tree, paths));
    const nature = await natures.get(path)!;
    const rules = paths.flatMap((name) => judged.rulesOf(partition, name));
    const isJudged = rules.some((rule) => speaksOf(rule, unnamed.hit.needle));
    const { sizeBytes } = tree.nodes.get(path)!;
    named.push({ unnamed, named: { ...unnamed, owner: { path, nature, sizeBytes, isJudged } } });
  }
  return named;
}

const weights: Record<Severity, number> = { note: 0, warning: 1, error: 2 };

/**
 * Whether a rule that speaks of a file speaks of this secret in it. One that looks for such secrets does; another one, by which a log should go or a
 * credential is what the file is, does when it weighs as much: a token in a shell's history is more than the history.
 */
function speaksOf({ test, severity }: ResidueRule, { kind }: Needle): boolean {
  if (test.kind === 'private-key') return kind.id === 'private-key-on-disk';
  if (test.kind === 'shadow') return kind.id === 'password-hash-on-disk';
  return weights[severity] >= weights[kind.severity];
}
