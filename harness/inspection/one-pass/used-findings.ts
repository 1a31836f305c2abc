import { type Finding, longestEvidence } from '../finding.ts';
import { type DiskPartition, partitionName } from '../place.ts';
import { shown } from '../residue/index.ts';
import type { HitOwner } from './name-owners.ts';
import type { PlacedHit } from './place-hits.ts';
import { isFile, isOfSelfTest, selfTestCopies } from './self-test-keys.ts';

/** Of one kind and partition so many files have findings of their own; the others have one together. */
const mostFilesAlone = 100;
/** So many places of one finding can be accepted by their names. */
const mostPlacesNamed = 1_000;

/** What is said of secrets in blocks in use; nothing of those that a rule on files has spoken of. */
export function usedFindings(
  placed: readonly PlacedHit[],
  isCopy: (place: PlacedHit) => boolean = selfTestCopies(placed),
): Finding[] {
  const wanted = placed.filter(({ owner }) => !isFile(owner) || !owner.isJudged);
  const kindOf = (place: PlacedHit) => (isCopy(place) ? 'secrets-in-programs' : kindByOwner(place));
  return [...Map.groupBy(wanted, ({ partition }) => partition!)].flatMap(([partition, places]) =>
    [...Map.groupBy(places, kindOf)].flatMap(([kind, ofKind]) => findingsOfKind(kind, partition, ofKind)),
  );
}

function kindByOwner(place: PlacedHit): string {
  const { owner, hit } = place;
  if (!isFile(owner)) return 'secrets-in-used-blocks';
  switch (owner.nature) {
    case 'file':
      return hit.needle.kind.id;
    case 'test':
      return 'secrets-in-test-files';
    case 'program':
      return 'secrets-in-own-programs';
    case 'program-of-distribution':
      return isOfSelfTest(place) ? 'secrets-in-programs' : 'secrets-in-own-programs';
  }
}

/** Each file has its own, so that the profile can accept one and not the next; notes want no answer, and have one together. */
function findingsOfKind(kind: string, partition: DiskPartition, places: readonly PlacedHit[]): Finding[] {
  const files = [...Map.groupBy(places, ({ owner }) => ownerName(owner))].map(([name, ofFile]) => ({
    ...{ name: name === '' ? partitionName(partition) : `${partitionName(partition)}, ${name}`, ofFile },
  }));
  const alone = files.slice(0, kind === 'secrets-in-programs' ? 0 : mostFilesAlone);
  const together = files.slice(alone.length);
  return [
    ...alone.map(({ name, ofFile }) => ({ kind, where: name, ...seenIn(ofFile) })),
    ...(together.length === 0
      ? []
      : [{ kind, ...placesOf(together), ...seenIn(together.flatMap(({ ofFile }) => ofFile)) }]),
  ];
}

function ownerName(owner: HitOwner | undefined): string {
  if (owner === undefined) return '';
  return owner === 'journal' ? 'the journal of its file system' : shown(owner.path);
}

function placesOf(files: readonly { name: string }[]): Pick<Finding, 'where' | 'places'> {
  const first = files[0]!.name;
  if (files.length === 1) return { where: first };
  return {
    where: `${first} and ${files.length - 1} more`,
    ...(files.length > mostPlacesNamed ? {} : { places: files.map(({ name }) => name) }),
  };
}

/** How many there are of which kind, and the first of them. */
export function seenIn(places: readonly PlacedHit[]): Pick<Finding, 'range' | 'evidence'> {
  const { offsetBytes, lengthBytes, evidence } = places[0]!.hit;
  const cut = places.some(({ isSearchCut }) => isSearchCut)
    ? '; the search for their files ended at its limit'
    : '';
  const first = `the first at byte ${offsetBytes} of the disk: ${evidence}`;
  return {
    range: { offsetBytes, lengthBytes },
    evidence: `${countsOfKinds(places)}${cut}; ${first}`.slice(0, longestEvidence),
  };
}

/** `2 × private-key-on-disk, 1 × cloud-token-on-disk`. */
function countsOfKinds(placed: readonly PlacedHit[]): string {
  const ofKinds = Map.groupBy(placed, ({ hit }) => hit.needle.kind.id);
  return [...ofKinds].map(([kind, { length }]) => `${length} × ${kind}`).join(', ');
}
