import type { Divergence } from '../../../reports/validation/proof-report.ts';
import { asEvidence } from '../../inspection/file-systems/printable.ts';
import type { ByteRange, Finding } from '../../inspection/finding.ts';
import type { DiskProfile } from '../profile/disk-profile.ts';
import type { CloneChanges } from './clone-changes.ts';
import { compareBlocks } from './compare-blocks.ts';
import { type ComparedFile, compareFiles } from './compare-files.ts';
import { outsideOfPartitions } from './disk-areas.ts';
import type { DivergenceFindingId } from './divergence-finding-kinds.ts';
import { mostNamedPlaces, mostReportedFiles } from './divergence-limits.ts';
import type { SecretLikeness } from './secret-likeness.ts';

/** What the profile knows of where clones write. */
export type WrittenPlaces = Pick<DiskProfile, 'partitions' | 'rawAreas'>;

/**
 * Compares what clones have changed since they were the same disk (spec H5). Files that are the same on all of them are listed; only those that look like
 * secrets are findings. Pure.
 */
export function compareChanges(
  changes: readonly CloneChanges[],
  profile: WrittenPlaces = { partitions: [], rawAreas: [] },
): { divergence: Divergence; findings: Finding[] } {
  const files = compareFiles(changes);
  const listed = mostTelling(files);
  return {
    divergence: {
      ...compareBlocks(changes),
      files: listed.map(({ likeness: _, ...file }) => file),
      furtherFiles: files.length - listed.length,
    },
    findings: [
      ...secretFindings(files),
      ...outsideFindings(changes, profile),
      ...partitionFindings(changes, profile),
      ...inUseFindings(changes),
      ...missingFindings(changes),
    ],
  };
}

/** Where there are too many: what is a finding first, then what is the same on all, then the rest; sorted by where they are again. */
function mostTelling(files: readonly ComparedFile[]): ComparedFile[] {
  if (files.length <= mostReportedFiles) return [...files];
  const weight = ({ likeness, isSameOnAll }: ComparedFile) => (likeness ? 0 : isSameOnAll ? 1 : 2);
  const kept = new Set([...files].sort((a, b) => weight(a) - weight(b)).slice(0, mostReportedFiles));
  return files.filter((file) => kept.has(file));
}

const kindOfLikeness: Record<SecretLikeness, DivergenceFindingId> = {
  'private-key': 'same-secret-on-all-clones',
  'secret-name': 'same-secret-on-all-clones',
  random: 'same-random-data-on-all-clones',
  token: 'same-random-data-on-all-clones',
};

const likenessNames: Record<SecretLikeness, string> = {
  'private-key': 'a private key',
  'secret-name': 'random, with the name of a secret',
  random: 'random bytes',
  token: 'a random number or word',
};

function secretFindings(files: readonly ComparedFile[]): Finding[] {
  return files.flatMap(({ likeness, where, how, on, sizeBytes, entropyBits }) => {
    if (likeness === undefined) return [];
    const bits = entropyBits === undefined ? '' : `, ${entropyBits.toFixed(2)} bits a byte`;
    const evidence = `${likenessNames[likeness]}, ${sizeBytes} bytes${bits}, ${how} on ${on.join(', ')}`;
    return [findingOf(kindOfLikeness[likeness], where, evidence)];
  });
}

function outsideFindings(changes: readonly CloneChanges[], { rawAreas }: WrittenPlaces): Finding[] {
  const declared = rawAreas.map(({ at, size }) => ({ offsetBytes: at, lengthBytes: size }));
  const written = changes.flatMap(({ name, outside }) => {
    const ranges = outside.flatMap((range) => without(range, declared));
    return ranges.length === 0 ? [] : [{ name, range: ranges[0]!, what: sectorsOfAll(ranges) }];
  });
  return [...Map.groupBy(written, ({ what }) => what)].map(([what, clones]) => ({
    ...findingOf('written-outside-of-partitions', outsideOfPartitions, `${namesOf(clones)}: ${what}`),
    range: clones[0]!.range,
  }));
}

function namesOf(clones: readonly { name: string }[]): string {
  return clones.map(({ name }) => name).join(', ');
}

function sectorsOfAll(ranges: readonly ByteRange[]): string {
  const named = ranges.slice(0, mostNamedPlaces).map(sectorsOf).join(', ');
  return ranges.length > mostNamedPlaces ? `${named} and ${ranges.length - mostNamedPlaces} more` : named;
}

/** `sector 34`, `sectors 34 to 40`. */
function sectorsOf({ offsetBytes, lengthBytes }: ByteRange): string {
  const first = Math.floor(offsetBytes / 512);
  const last = Math.ceil((offsetBytes + lengthBytes) / 512) - 1;
  return first === last ? `sector ${first}` : `sectors ${first} to ${last}`;
}

/** What is left of a range. */
function without(range: ByteRange, taken: readonly ByteRange[]): ByteRange[] {
  let left = [{ start: range.offsetBytes, end: range.offsetBytes + range.lengthBytes }];
  for (const { offsetBytes, lengthBytes } of taken) {
    left = left.flatMap(({ start, end }) => [
      { start, end: Math.min(end, offsetBytes) },
      { start: Math.max(start, offsetBytes + lengthBytes), end },
    ]);
    left = left.filter(({ start, end }) => start < end);
  }
  return left.map(({ start, end }) => ({ offsetBytes: start, lengthBytes: end - start }));
}

function partitionFindings(changes: readonly CloneChanges[], { partitions }: WrittenPlaces): Finding[] {
  const fixed = partitions.filter((partition) => partition.changes === false);
  const { places } = compareBlocks(changes);
  return fixed.flatMap(({ number, role }) => {
    const where = `partition ${number}`;
    const place = places.find((one) => one.where === where);
    if (place === undefined) return [];
    const clones = changes.filter((clone) => clone.blocks.countIn(clone.places.indexOf(where)) > 0);
    const files = changes.flatMap((clone) =>
      clone.files.filter((file) => file.where.startsWith(`${where}, `)),
    );
    const paths = [...new Set(files.map((file) => file.where.slice(where.length + 2)))];
    const named = paths.length === 0 ? 'in no file' : paths.slice(0, mostNamedPlaces).join(', ');
    const evidence = `${role}: up to ${place.changedBlocks} blocks on ${namesOf(clones)}; ${named}`;
    return [findingOf('partition-changed-that-may-not', where, evidence)];
  });
}

function inUseFindings(changes: readonly CloneChanges[]): Finding[] {
  const byPlace = Map.groupBy(
    changes.flatMap(({ name, inUse }) => inUse.map((where) => ({ name, where }))),
    ({ where }) => where,
  );
  return [...byPlace].map(([where, clones]) =>
    findingOf('clone-file-system-in-use', where, `on ${namesOf(clones)}`),
  );
}

function missingFindings(changes: readonly CloneChanges[]): Finding[] {
  const incomplete = changes
    .filter(({ missing }) => missing.length > 0)
    .map(({ name, missing }) => ({ name, what: missing.join('; ') }));
  return [...Map.groupBy(incomplete, ({ what }) => what)].map(([what, clones]) =>
    findingOf('divergence-incomplete', namesOf(clones), what),
  );
}

function findingOf(kind: DivergenceFindingId, where: string, evidence: string): Finding {
  return { kind, where, evidence: asEvidence(evidence) };
}
