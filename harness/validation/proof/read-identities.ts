import { setImmediate } from 'node:timers/promises';
import {
  DiskBudget,
  type FileTree,
  openFileTree,
  recogniseFileSystem,
  type TreeNode,
  usualTreeLimits,
} from '../../inspection/file-systems/index.ts';
import { printable } from '../../inspection/file-systems/printable.ts';
import { ImageSource } from '../../inspection/image-source.ts';
import { readPartitions } from '../../inspection/partition-tables/index.ts';
import { partitionName } from '../../inspection/place.ts';
import { findPlaces } from '../../inspection/residue/find-places.ts';
import { IndexedTree } from '../../inspection/residue/indexed-tree.ts';
import { readMountTable } from '../../inspection/residue/mount-table.ts';
import { parsePathPattern } from '../../inspection/residue/path-pattern.ts';
import { usualReadBytes } from '../../inspection/residue/residue-limits.ts';
import type { ResidueSystem } from '../../inspection/residue/residue-system.ts';
import type { SystemPlace } from '../../inspection/residue/system-place.ts';
import type { FoundIdentity } from './identity-reading.ts';
import type { IdentityRule } from './identity-rule.ts';
import { identityValue, joinedValues } from './identity-value.ts';

/** Files of one rule on one partition: more are no identity of a machine. */
const mostFiles = 50;

/** @throws as {@link readIdentities}, and what opening the image throws. */
export async function readIdentitiesOf(
  imagePath: string,
  rules: readonly IdentityRule[],
  signal?: AbortSignal,
): Promise<FoundIdentity[]> {
  await using source = await ImageSource.open(imagePath);
  return await readIdentities(source, rules, signal);
}

/**
 * Reads identities from the files of a disk that no machine uses (spec H5), on every partition whose file system can be read. A path of a rule is looked
 * for as in the search for residue: from the root of each partition, and below where it is in the running system.
 *
 * @returns of each place one, and of a rule of the profile that is nowhere one with a problem; of commands none.
 * @throws WITNESS_DISK_UNREADABLE; FOUNDATION_TOOL_MISSING; the signal's reason.
 */
export async function readIdentities(
  source: ImageSource,
  rules: readonly IdentityRule[],
  signal?: AbortSignal,
): Promise<FoundIdentity[]> {
  return await identitiesIn(await openSystems(source, signal), rules, signal);
}

/** The same in file systems that are open. */
export async function identitiesIn(
  systems: readonly ResidueSystem[],
  rules: readonly IdentityRule[],
  signal?: AbortSignal,
): Promise<FoundIdentity[]> {
  const indexed = systems.map((system) => ({ system, index: new IndexedTree(system.tree) }));
  const guesses = indexed.flatMap(({ system, index }) => findPlaces(system, index, []));
  const mounts = (await textsOf(guesses, '/etc/fstab')).flatMap(readMountTable);
  const places = indexed.flatMap(({ system, index }) => findPlaces(system, index, mounts));
  const named = new Set(rules.flatMap(({ files }) => files));
  const found: FoundIdentity[] = [];
  for (const rule of rules) {
    if (rule.files.length === 0) continue;
    await setImmediate();
    signal?.throwIfAborted();
    const ofRule = await identitiesOfRule(rule, places, named);
    found.push(...ofRule);
    if (ofRule.length > 0 || !rule.isOwn) continue;
    const problem = 'no file system that could be read has it';
    found.push({ name: rule.name, from: rule.files.join(', '), value: null, problem });
  }
  return found;
}

async function openSystems(source: ImageSource, signal: AbortSignal | undefined): Promise<ResidueSystem[]> {
  const { partitions } = await readPartitions(source);
  const budget = new DiskBudget(signal);
  const systems: ResidueSystem[] = [];
  for (const partition of partitions.filter(({ kind }) => kind !== 'extended')) {
    signal?.throwIfAborted();
    const fileSystem = await recogniseFileSystem(source, partition);
    const { tree } = await openFileTree(source, fileSystem, usualTreeLimits, budget);
    const { uuid, label } = fileSystem;
    const names = { ...(uuid === undefined ? {} : { uuid }), ...(label === undefined ? {} : { label }) };
    if (tree !== undefined) systems.push({ partition, tree, fileSystem: names });
  }
  return systems;
}

async function textsOf(places: readonly SystemPlace[], systemPath: string): Promise<string[]> {
  const texts: string[] = [];
  for (const place of places) {
    const path = place.inTree(systemPath);
    if (path === undefined || place.index.node(path)?.kind !== 'file') continue;
    texts.push((await place.index.tree.read(path, usualReadBytes))?.toString('utf8') ?? '');
  }
  return texts;
}

interface FoundFile {
  tree: FileTree;
  treePath: string;
  /** `partition 2, /etc/machine-id`. */
  where: string;
  partition: string;
}

async function identitiesOfRule(
  rule: IdentityRule,
  places: readonly SystemPlace[],
  named: ReadonlySet<string>,
): Promise<FoundIdentity[]> {
  const { name, isTogether } = rule;
  const read: { file: FoundFile; value: string | null; problem?: string }[] = [];
  for (const file of filesOfRule(rule, places, named)) {
    const content = await file.tree.read(file.treePath, usualReadBytes);
    if (content === undefined) read.push({ file, value: null, problem: 'the file could not be read' });
    else read.push({ file, value: identityValue(content, rule) });
  }
  if (!isTogether) return read.map(({ file, ...rest }) => ({ name, from: file.where, ...rest }));
  return [...Map.groupBy(read, ({ file }) => file.partition)].map(([partition, all]) => {
    const values = all.flatMap(({ value }) => (value === null ? [] : [value]));
    return { name, from: `${partition}, ${rule.files.join(', ')}`, value: joinedValues(values) };
  });
}

/** Each file once, however many paths lead to it. */
function filesOfRule(
  { files, partition }: IdentityRule,
  places: readonly SystemPlace[],
  named: ReadonlySet<string>,
): FoundFile[] {
  const found = new Map<string, FoundFile>();
  const counts = new Map<string, number>();
  for (const steps of files.map(parsePathPattern)) {
    for (const place of places) {
      if (partition !== undefined && place.partition.number !== partition) continue;
      for (const node of place.find(steps)) {
        const reached = contentOf(place, node, { places, named });
        if (reached === undefined) continue;
        const on = partitionName(reached.place.partition);
        const key = `${on}\0${reached.node.path}`;
        const count = counts.get(on) ?? 0;
        if (found.has(key) || count >= mostFiles) continue;
        counts.set(on, count + 1);
        const path = printable(Buffer.from(place.inSystem(node.path)));
        const where = `${partitionName(place.partition)}, ${path}`;
        found.set(key, { tree: reached.place.index.tree, treePath: reached.node.path, where, partition: on });
      }
    }
  }
  return [...found.values()];
}

/** The file itself, or what a link leads to, on another partition too; but not where that is looked at under its own name. */
function contentOf(
  place: SystemPlace,
  node: TreeNode,
  { places, named }: { places: readonly SystemPlace[]; named: ReadonlySet<string> },
): { place: SystemPlace; node: TreeNode } | undefined {
  if (node.kind === 'file') return { place, node };
  if (node.kind !== 'link') return undefined;
  const target = place.follow(node);
  if (target === undefined || named.has(target.systemPath)) return undefined;
  if (target.node !== undefined)
    return target.node.kind === 'file' ? { place, node: target.node } : undefined;
  for (const other of places) {
    const path = other.inTree(target.systemPath);
    const there = path === undefined ? undefined : other.index.node(path);
    if (there?.kind === 'file') return { place: other, node: there };
  }
  return undefined;
}
