import type { TreeNode } from '../file-systems/file-tree.ts';
import { efiSystemTypes } from '../partition-tables/type-names.ts';
import type { IndexedTree } from './indexed-tree.ts';
import { matchesPath, type PatternStep, parsePathPattern } from './path-pattern.ts';
import { mostMatches } from './residue-limits.ts';
import type { ResidueRule } from './residue-rule.ts';
import type { SystemPlace } from './system-place.ts';

/** A rule with its paths read. */
export interface SearchRule {
  rule: ResidueRule;
  look: readonly PatternStep[][];
  except: readonly PatternStep[][];
  unless: readonly PatternStep[][];
}

/** Something at a path of a rule. */
export interface Candidate {
  /** Never a link: what it leads to. */
  node: TreeNode;
  /** Where the running system has it; of a link, the link's. */
  systemPath: string;
}

/** @param homes Those of /etc/passwd that are neither /root nor below /home. */
export function searchRule(rule: ResidueRule, homes: readonly string[]): SearchRule {
  const all = (paths: readonly string[]) => paths.flatMap((path) => patternsOf(path, homes));
  return { rule, look: all(rule.look), except: all(rule.except), unless: all(rule.unless) };
}

/** Homes come from the disk: a star in their names is none. */
function patternsOf(path: string, homes: readonly string[]): PatternStep[][] {
  if (!path.startsWith('~/')) return [parsePathPattern(path)];
  const below = parsePathPattern(path);
  const literal = (home: string) =>
    home
      .split('/')
      .slice(1)
      .map((text): PatternStep => ({ kind: 'name', text }));
  const usual = ['/root', '/home/*'].map(parsePathPattern);
  return [...usual, ...homes.map(literal)].map((home) => [...home, ...below]);
}

/** Whether what the rule speaks of is taken care of: by the partition's own system, or, where it has none, by any of the disk. */
export function isExcused(
  { unless }: SearchRule,
  places: readonly SystemPlace[],
  allPlaces: readonly SystemPlace[],
): boolean {
  const scope = places.some((place) => place.isSystem()) ? places : allPlaces;
  return unless.some((steps) => scope.some((place) => place.find(steps).length > 0));
}

/** What a rule's paths lead to in one partition, each file once, whatever its names: links and hard links are followed. */
export function findCandidates(search: SearchRule, places: readonly SystemPlace[]): Candidate[] {
  const { rule, look } = search;
  const found = new Map<string, Candidate>();
  for (const place of places) {
    if (!isLookedAt(rule, place)) continue;
    const ignoresCase = rule.where === 'efi-system' || place.index.ignoresCase;
    for (const steps of look) {
      for (const match of place.find(steps, ignoresCase)) {
        const systemPath = place.inSystem(match.path);
        const node = nodeBehind(rule, place, match);
        if (node === undefined) continue;
        // A link to what has a rule of its own is left to that rule.
        const paths = new Set([systemPath, place.inSystem(node.path)]);
        if ([...paths].some((path) => isException(search, path, ignoresCase))) continue;
        const key = node.kind === 'file' && (node.inode ?? 0) > 0 ? `inode ${node.inode}` : node.path;
        if (!found.has(key)) found.set(key, { node, systemPath });
        if (found.size >= mostMatches) return [...found.values()];
      }
    }
  }
  return [...found.values()];
}

/** How much there is in a folder, at any depth: files, links and all else that is no folder. */
export function countInFolder(
  search: SearchRule,
  { node, systemPath }: Candidate,
  index: IndexedTree,
): number {
  let count = 0;
  for (const { kind, path } of index.below(node.path)) {
    const isCounted =
      kind !== 'folder' && !isException(search, systemPath + path.slice(node.path.length), index.ignoresCase);
    if (isCounted) count += 1;
  }
  return count;
}

function isLookedAt({ where }: ResidueRule, place: SystemPlace): boolean {
  if (where === 'any') return true;
  if (where === 'system') return place.isSystem();
  return place.folder === '' && place.mount === '' && isEfiSystem(place);
}

/** By its type (UEFI 2.10, 5.3.3 and 5.2.2), or a FAT with the folder EFI at its root. */
function isEfiSystem({ partition, index }: SystemPlace): boolean {
  const hasFolder = index
    .entries('/')
    .some(({ path, kind }) => kind === 'folder' && path.toLowerCase() === '/efi');
  return efiSystemTypes.includes(partition.type.toLowerCase()) || (index.ignoresCase && hasFolder);
}

/** A machine ID that is a link to /etc/machine-id is judged there, and only once. */
function nodeBehind(rule: ResidueRule, place: SystemPlace, match: TreeNode): TreeNode | undefined {
  if (match.kind !== 'link') return match;
  const target = place.follow(match);
  if (rule.test.kind === 'machine-id' && target?.systemPath === '/etc/machine-id') return undefined;
  return target?.node;
}

function isException({ except }: SearchRule, systemPath: string, ignoresCase: boolean): boolean {
  return except.some((steps) => matchesPath(steps, systemPath, ignoresCase));
}
