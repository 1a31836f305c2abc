import { type RecognisedFileSystem, recogniseFileSystem } from '../file-systems/index.ts';
import { type ByteRange, type Finding, longestEvidence } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import { type DiskPartition, partitionName } from '../place.ts';
import { type BlockMap, blockMapOf } from './free-space.ts';
import type { HitOwner } from './name-owners.ts';
import type { NeedleCount, NeedleHit } from './needle-scan.ts';
import { selfTestCopies } from './self-test-keys.ts';
import { seenIn, usedFindings } from './used-findings.ts';

/**
 * Where a secret lies: in a block that is in use by whatever, in free space, in swap, outside of every partition and
 * there where the profile says so; or in a partition whose file system says nothing that is understood here.
 */
export type HitArea = 'used' | 'free' | 'swap' | 'outside' | 'declared' | 'unknown';

export interface PlacedHit {
  hit: NeedleHit;
  area: HitArea;
  /** The innermost one that holds its first byte. */
  partition?: DiskPartition;
  /** Free or used could not be told although the file system is one that is understood. */
  isMapDamaged?: true;
  /** Of a block in use, where it is known. */
  owner?: HitOwner;
  /** The search for the owner ended before it had looked everywhere. */
  isSearchCut?: true;
}

export interface DiskAreas {
  partitions: readonly DiskPartition[];
  /** What the user's profile keeps outside of partitions: licence sectors, settings of a boot loader. Not judged. */
  declared?: readonly ByteRange[];
  /** File systems that are recognised already; the others are when they are asked about. */
  recognised?: ReadonlyMap<DiskPartition, RecognisedFileSystem>;
}

/** Of one kind of secret, so many places are listed in each kind of area. */
const mostListed = 100;

/** Tells for each hit where it lies. Reads only the maps of the blocks that are asked about. */
export async function placeHits(
  source: ImageSource,
  hits: readonly NeedleHit[],
  { partitions, declared = [], recognised }: DiskAreas,
): Promise<PlacedHit[]> {
  const contents = new Map<DiskPartition, Promise<PartitionContents>>();
  const placed: PlacedHit[] = [];
  for (const hit of hits) {
    const partition = innermost(partitions, hit.offsetBytes);
    if (partition === undefined) {
      placed.push({ hit, area: declared.some((range) => isWithin(hit, range)) ? 'declared' : 'outside' });
      continue;
    }
    if (!contents.has(partition))
      contents.set(partition, contentsOf(source, partition, recognised?.get(partition)));
    const place = await placeIn(await contents.get(partition)!, hit.offsetBytes - partition.offsetBytes);
    placed.push({ hit, partition, ...place });
  }
  return placed;
}

/**
 * The findings of a scan: one for each place that is in no file, one for each file that no rule on files has spoken of, and one for each
 * partition that has secrets in blocks in use whose owner is not known. Headers of encrypted volumes at the beginning of a partition are what they should be, and nothing is
 * said of what the profile declares.
 */
export function findingsOfHits(placed: readonly PlacedHit[], counts: readonly NeedleCount[]): Finding[] {
  const wanted = placed.filter((place) => place.area !== 'declared' && !isVolumeOfPartition(place));
  const isCopy = selfTestCopies(wanted);
  const used = wanted.filter(({ area }) => area === 'used');
  const { copies = [], others = [] } = Object.groupBy(
    wanted.filter(({ area }) => area !== 'used'),
    (place) => (isCopy(place) ? 'copies' : 'others'),
  );
  const { listed, unlisted } = firstOfEach(others);
  return [
    ...listed.map(hitFinding),
    ...copyFindings(copies),
    ...usedFindings(used, isCopy),
    ...damagedFindings(wanted),
    ...countFindings({ placed, unlisted, counts }),
  ];
}

interface PartitionContents {
  isSwap: boolean;
  map: BlockMap | undefined;
}

/** By the file system that is reported, so that what is said of its places fits to that. */
async function contentsOf(
  source: ImageSource,
  partition: DiskPartition,
  recognised: RecognisedFileSystem | undefined,
): Promise<PartitionContents> {
  const fileSystem = recognised ?? (await recogniseFileSystem(source, partition));
  return { isSwap: fileSystem.type === 'swap', map: await blockMapOf(source, fileSystem) };
}

async function placeIn(
  { isSwap, map }: PartitionContents,
  offsetBytes: number,
): Promise<Pick<PlacedHit, 'area' | 'isMapDamaged'>> {
  if (isSwap) return { area: 'swap' };
  if (map === undefined) return { area: 'unknown' };
  const isFree = await map.isFree(offsetBytes);
  if (isFree === undefined) return { area: 'unknown', isMapDamaged: true };
  return { area: isFree ? 'free' : 'used' };
}

function isWithin(inner: ByteRange, { offsetBytes, lengthBytes }: ByteRange): boolean {
  return (
    inner.offsetBytes >= offsetBytes && inner.offsetBytes + inner.lengthBytes <= offsetBytes + lengthBytes
  );
}

/** An extended partition holds the logical ones; of overlapping ones, the smallest. */
function innermost(partitions: readonly DiskPartition[], offsetBytes: number): DiskPartition | undefined {
  return partitions
    .filter(
      (partition) =>
        partition.kind !== 'extended' &&
        offsetBytes >= partition.offsetBytes &&
        offsetBytes < partition.offsetBytes + partition.sizeBytes,
    )
    .reduce<DiskPartition | undefined>(
      (smallest, partition) =>
        smallest === undefined || partition.sizeBytes < smallest.sizeBytes ? partition : smallest,
      undefined,
    );
}

function isVolumeOfPartition({ hit, partition }: PlacedHit): boolean {
  return hit.needle.kind.id === 'luks-header-on-disk' && partition?.offsetBytes === hit.offsetBytes;
}

/** Each area has its own first ones: many in one do not hide those of another. */
function firstOfEach(placed: readonly PlacedHit[]): { listed: PlacedHit[]; unlisted: PlacedHit[] } {
  const seen = new Map<string, number>();
  const isListed = ({ hit, area }: PlacedHit) => {
    const key = `${hit.needle.kind.id} ${area}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return seen.get(key)! <= mostListed;
  };
  const { listed = [], unlisted = [] } = Object.groupBy(placed, (place) =>
    isListed(place) ? 'listed' : 'unlisted',
  );
  return { listed, unlisted };
}

const areaNames: Record<HitArea, string> = {
  used: 'in a block in use',
  free: 'in free space (deleted but present)',
  swap: 'in swap',
  outside: 'outside of partitions',
  declared: 'where the profile says so',
  unknown: 'in a file or in free space',
};

function hitFinding(place: PlacedHit): Finding {
  const { hit } = place;
  return {
    kind: hit.needle.kind.id,
    where: `${placeName(place)}, byte ${hit.offsetBytes} of the disk`,
    range: { offsetBytes: hit.offsetBytes, lengthBytes: hit.lengthBytes },
    evidence: hit.evidence.slice(0, longestEvidence),
  };
}

/** One for each place, however many there are: it wants no answer. */
function copyFindings(copies: readonly PlacedHit[]): Finding[] {
  return [...Map.groupBy(copies, placeName)].map(([where, places]) => ({
    ...{ kind: 'secrets-in-programs', where, ...seenIn(places) },
  }));
}

function placeName({ partition, area }: PlacedHit): string {
  return partition === undefined ? areaNames[area] : `${partitionName(partition)}, ${areaNames[area]}`;
}

function damagedFindings(placed: readonly PlacedHit[]): Finding[] {
  const damaged = new Set(
    placed.filter(({ isMapDamaged }) => isMapDamaged).map(({ partition }) => partition!),
  );
  return [...damaged].map((partition) => ({
    kind: 'free-space-unreadable',
    where: partitionName(partition),
    evidence: 'the map of used blocks of a place with a secret lies outside of the file system',
  }));
}

/** What is not among the findings one by one. */
function countFindings({
  placed,
  unlisted,
  counts,
}: {
  placed: readonly PlacedHit[];
  unlisted: readonly PlacedHit[];
  counts: readonly NeedleCount[];
}): Finding[] {
  return counts.flatMap(({ needle, found, endedAtBytes }) => {
    const countIn = (places: readonly PlacedHit[]) =>
      places.filter(({ hit }) => hit.needle === needle).length;
    const [lookedAt, leftOut] = [countIn(placed), countIn(unlisted)];
    if (found <= lookedAt && leftOut === 0 && endedAtBytes === undefined) return [];
    const notListed = leftOut === 0 ? '' : `, ${leftOut} of them not listed`;
    const ended = endedAtBytes === undefined ? '' : `; not searched for behind byte ${endedAtBytes}`;
    return [
      {
        kind: 'secrets-too-many',
        where: 'the whole disk',
        evidence: `${needle.kind.id}: ${found} places, ${lookedAt} looked at${notListed}${ended}`,
      },
    ];
  });
}
