import type { Finding } from '../finding.ts';
import { type DiskPartition, partitionName } from '../place.ts';
import { type ContentTest, contentTest } from './content-test.ts';
import type { IndexedTree } from './indexed-tree.ts';
import type { JudgedFiles } from './judged-files.ts';
import { batchBytes, batchFiles, mostBytesRead, mostFilesRead, mostMatches } from './residue-limits.ts';
import { type Candidate, countInFolder, findCandidates, isExcused, type SearchRule } from './search-rule.ts';
import { notAllReadFinding, type Sighting, sightingsFinding } from './sightings-finding.ts';
import type { SystemPlace } from './system-place.ts';

interface Partition {
  partition: DiskPartition;
  index: IndexedTree;
  places: readonly SystemPlace[];
}

/** A file that has to be read for a rule. */
interface Wanted {
  candidate: Candidate;
  test: ContentTest;
  sightings: Sighting[];
}

/** Applies the rules to one partition; `allPlaces` are those of the whole disk. What rules have spoken of is noted in `judged`. */
export async function searchPartition(
  { partition, index, places }: Partition,
  searches: readonly SearchRule[],
  allPlaces: readonly SystemPlace[],
  judged: JudgedFiles,
): Promise<Finding[]> {
  const name = partitionName(partition);
  const missed = index.tree.wasCut ? ['entries beyond the limit of the file system'] : [];
  const wanted: Wanted[] = [];
  const results = searches.flatMap((search) => {
    const { rule } = search;
    const candidates = findCandidates(search, places);
    if (candidates.length === 0) return [];
    if (isExcused(search, places, allPlaces)) {
      for (const { node } of candidates) judged.note(partition, node.path, rule);
      return [];
    }
    if (candidates.length >= mostMatches) missed.push(`${rule.id}: more than ${mostMatches} places`);
    const test = contentTest(rule.test);
    const sightings =
      test === undefined ? candidates.flatMap((found) => sightingOf(search, found, index)) : [];
    if (test !== undefined) {
      const files = candidates.filter(
        ({ node }) => node.kind === 'file' && (node.sizeBytes > 0 || test.countsEmpty),
      );
      if (files.length > mostFilesRead)
        missed.push(`${rule.id}: ${files.length - mostFilesRead} of ${files.length} files`);
      wanted.push(...files.slice(0, mostFilesRead).map((candidate) => ({ candidate, test, sightings })));
    }
    return [{ rule, sightings }];
  });
  const unread = await judgeContents(index, wanted);
  const allMissed = [...missed, ...unread];
  const found = results.filter(({ sightings }) => sightings.length > 0);
  for (const { rule, sightings } of found) {
    for (const { node } of sightings) judged.note(partition, node.path, rule);
  }
  return [
    ...found.map(({ rule, sightings }) => sightingsFinding(rule.id, name, sightings)),
    ...(allMissed.length === 0 ? [] : [notAllReadFinding(name, allMissed)]),
  ];
}

function sightingOf(search: SearchRule, candidate: Candidate, index: IndexedTree): Sighting[] {
  const { kind, countsEmpty = false } = search.rule.test;
  const { node } = candidate;
  if (kind === 'not-empty-folder') {
    const count = node.kind === 'folder' ? countInFolder(search, candidate, index) : 0;
    return count === 0 ? [] : [{ ...candidate, words: counted(count, 'file') }];
  }
  const isThere = node.kind === 'file' && (node.sizeBytes > 0 || countsEmpty);
  return isThere ? [{ ...candidate, words: counted(node.sizeBytes, 'byte') }] : [];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Reads what is wanted, each file once for all rules that want as much of it. Gives what could not be read. */
async function judgeContents({ tree }: IndexedTree, wanted: readonly Wanted[]): Promise<string[]> {
  const missed: string[] = [];
  let leftBytes = mostBytesRead;
  const byLength = Map.groupBy(wanted, ({ test }) => test.readBytes);
  for (const [readBytes, group] of byLength) {
    const byPath = Map.groupBy(group, ({ candidate }) => candidate.node.path);
    for (const [path, all] of byPath) {
      if (all[0]!.candidate.node.sizeBytes > 0) continue;
      for (const { candidate, test, sightings } of all)
        note(sightings, candidate, test.judge(Buffer.alloc(0)));
      byPath.delete(path);
    }
    for (const { paths, sizeBytes } of batches(byPath, readBytes)) {
      leftBytes -= sizeBytes;
      const contents = leftBytes < 0 ? new Map<string, Buffer>() : await tree.readMany(paths, readBytes);
      for (const path of paths) {
        const content = contents.get(path);
        if (content === undefined) missed.push(path);
        else
          for (const { candidate, test, sightings } of byPath.get(path)!)
            note(sightings, candidate, test.judge(content));
      }
    }
  }
  return missed;
}

function note(sightings: Sighting[], candidate: Candidate, words: string | undefined): void {
  if (words !== undefined) sightings.push({ ...candidate, words });
}

interface Batch {
  paths: string[];
  sizeBytes: number;
}

function* batches(byPath: ReadonlyMap<string, readonly Wanted[]>, readBytes: number): Generator<Batch> {
  let batch: Batch = { paths: [], sizeBytes: 0 };
  for (const [path, [first]] of byPath) {
    const bytes = Math.min(readBytes, first!.candidate.node.sizeBytes);
    const { length } = batch.paths;
    if (length > 0 && (length >= batchFiles || batch.sizeBytes + bytes > batchBytes)) {
      yield batch;
      batch = { paths: [], sizeBytes: 0 };
    }
    batch.paths.push(path);
    batch.sizeBytes += bytes;
  }
  if (batch.paths.length > 0) yield batch;
}
