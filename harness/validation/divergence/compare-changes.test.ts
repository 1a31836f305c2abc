import t from 'tap';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import { ChangedBlocks } from './changed-blocks.ts';
import type { ChangedFile, CloneChanges } from './clone-changes.ts';
import { compareChanges } from './compare-changes.ts';
import { outsideOfPartitions } from './disk-areas.ts';
import { divergenceFindingKinds } from './divergence-finding-kinds.ts';
import { mostReportedFiles } from './divergence-limits.ts';

const defaultPlaces = [outsideOfPartitions, 'partition 1', 'partition 2'];

/** @param blocks Number, place and content, in order. */
function cloneWith(
  index: number,
  blocks: readonly (readonly [number, number, string])[],
  facts: Partial<CloneChanges> = {},
  most?: number,
): CloneChanges {
  const places = facts.places ?? defaultPlaces;
  const changed = new ChangedBlocks(places.length, most);
  for (const [number, place, content] of blocks) changed.add(number, place, Buffer.from(content));
  const nothing = { outside: [], files: [], missing: [], inUse: [] };
  return { ...nothing, ...facts, name: `clone-${index}`, places, blocks: changed };
}

const file = (where: string, sha256: string | undefined, facts: Partial<ChangedFile> = {}): ChangedFile => ({
  ...{ where: `partition 2, ${where}`, how: 'made', kind: 'file', sizeBytes: 32 },
  ...(sha256 === undefined ? {} : { sha256 }),
  ...facts,
});
const withFiles = (...files: ChangedFile[][]) =>
  files.map((own, index) => cloneWith(index + 1, [], { files: own }));
const kindsOf = (changes: CloneChanges[]) => compareChanges(changes).findings.map(({ kind }) => kind);

t.test('blocks that all clones have changed to the same', async (t) => {
  const { divergence, findings } = compareChanges([
    cloneWith(1, [
      [5, 1, 'same'],
      [7, 2, 'a'],
      [9, 1, 'edge'],
      [9, 2, 'edge'],
      [11, 2, 'same'],
    ]),
    cloneWith(2, [
      [3, 1, 'own'],
      [5, 1, 'same'],
      [7, 2, 'b'],
      [9, 1, 'edge'],
      [9, 2, 'edge'],
      [11, 2, 'same'],
    ]),
    // The clone has one partition more, which has another index.
    cloneWith(
      3,
      [
        [5, 2, 'same'],
        [9, 2, 'edge'],
        [9, 3, 'other'],
        [12, 1, 'late'],
      ],
      { places: [outsideOfPartitions, 'partition 9', 'partition 1', 'partition 2'] },
    ),
  ]);
  t.same(divergence, {
    blockBytes: 4096,
    clones: [
      { name: 'clone-1', changedBlocks: 4 },
      { name: 'clone-2', changedBlocks: 5 },
      { name: 'clone-3', changedBlocks: 3 },
    ],
    sameOnAllBlocks: 2,
    places: [
      { where: 'partition 1', changedBlocks: 3, sameOnAllBlocks: 2 },
      { where: 'partition 2', changedBlocks: 3, sameOnAllBlocks: 0 },
      { where: 'partition 9', changedBlocks: 1, sameOnAllBlocks: 0 },
    ],
    files: [],
    furtherFiles: 0,
  });
  t.same(findings, []);
});

t.test('of one clone, nothing is the same on all', async (t) => {
  const files = [file('/key', 'aa', { likeness: 'private-key' })];
  const { divergence, findings } = compareChanges([cloneWith(1, [[5, 1, 'x']], { files })]);
  t.match(divergence, { sameOnAllBlocks: 0, files: [{ isSameOnAll: false, on: ['clone-1'] }] });
  t.same(findings, []);
});

t.test('blocks beyond the limit are counted', async (t) => {
  const blocks = [1, 2, 3, 4].map((number) => [number, 1, 'x'] as const);
  const [cut, whole] = [cloneWith(1, blocks, {}, 2), cloneWith(2, blocks)];
  t.same([cut.blocks.isCut, whole.blocks.isCut], [true, false]);
  const { divergence } = compareChanges([cut, whole]);
  t.match(divergence, { clones: [{ changedBlocks: 4 }, { changedBlocks: 4 }], sameOnAllBlocks: 2 });
  const many = new ChangedBlocks(1);
  for (let number = 0; number < 3000; number += 1) many.add(number, 0, Buffer.from([number % 7]));
  t.same([[...many].length, [...many].at(-1)!.number, many.isCut], [3000, 2999, false], 'room is made');
  t.equal([...many][0]!.hash, [...many][2996]!.hash, 'what was there is kept');
});

t.test('the same secret on all clones', async (t) => {
  const secret = file('/etc/x', 'aa', { likeness: 'private-key', entropyBits: 5.9 });
  const seed = file('/etc/seed', 'bb', { likeness: 'secret-name' });
  const noise = file('/etc/noise', 'cc', { likeness: 'random', entropyBits: 7.99 });
  const word = file('/etc/word', 'dd', { likeness: 'token' });
  const cache = file('/etc/cache', 'ee', { how: 'changed' });
  const all = [secret, seed, noise, word, cache];
  const { findings, divergence } = compareChanges(withFiles(all, all, all));
  t.match(findings, [
    {
      kind: 'same-random-data-on-all-clones',
      where: 'partition 2, /etc/noise',
      evidence: /random bytes, 32 bytes, 7\.99 /,
    },
    { kind: 'same-secret-on-all-clones', where: 'partition 2, /etc/seed', evidence: /name of a secret/ },
    { kind: 'same-random-data-on-all-clones', where: 'partition 2, /etc/word', evidence: /number or word/ },
    {
      kind: 'same-secret-on-all-clones',
      where: 'partition 2, /etc/x',
      evidence: /private key.* on clone-1, clone-2, clone-3/,
    },
  ]);
  t.match(divergence.files[0], { where: 'partition 2, /etc/cache', how: 'changed', isSameOnAll: true });
  t.equal('likeness' in divergence.files[1]!, false);
});

t.test('files that are not the same on all clones are no secret of all', async (t) => {
  const key = (sha256: string | undefined, facts: Partial<ChangedFile> = {}) => [
    file('/key', sha256, { likeness: 'private-key', ...facts }),
  ];
  t.same(kindsOf(withFiles(key('aa'), key('bb'))), [], 'each its own');
  t.same(kindsOf(withFiles(key('aa'), key('aa'), [])), [], 'one has none');
  t.same(kindsOf(withFiles(key(undefined), key(undefined))), [], 'not read to its end');
  t.same(kindsOf(withFiles(key('aa'), key('aa', { kind: 'link' }))), [], 'a link');
  t.same(kindsOf(withFiles(key('aa'), key('aa', { how: 'changed' }))), [], 'made here and changed there');
});

t.test('more files than a report has', async (t) => {
  const many = Array.from({ length: mostReportedFiles + 5 }, (_, index) => file(`/${index}`, `${index}`));
  const own = (name: string) => many.map((one) => ({ ...one, sha256: `${name} ${one.sha256}` }));
  const last = file('/zzz', 'aa', { likeness: 'random' });
  const { divergence, findings } = compareChanges(withFiles([...own('a'), last], [...own('b'), last]));
  t.equal(divergence.files.length, mostReportedFiles);
  t.equal(divergence.furtherFiles, 6);
  t.equal(divergence.files.at(-1)!.where, 'partition 2, /zzz', 'what is a finding is listed');
  t.equal(findings.length, 1);
});

t.test('writes outside of partitions, but for areas that the profile names', async (t) => {
  const outside = [
    { offsetBytes: 0, lengthBytes: 512 },
    { offsetBytes: 62 * 512, lengthBytes: 1024 },
  ];
  const changes = [1, 2].map((index) => cloneWith(index, [[0, 0, 'x']], { outside }));
  const places = (rawAreas: { name: string; at: number; size: number }[]) =>
    compareChanges(changes, { partitions: [], rawAreas }).findings;
  t.match(places([]), [
    {
      kind: 'written-outside-of-partitions',
      evidence: 'clone-1, clone-2: sector 0, sectors 62 to 63',
      range: outside[0],
    },
  ]);
  const licence = { name: 'licence', at: 62 * 512, size: 512 };
  t.match(places([licence]), [{ evidence: 'clone-1, clone-2: sector 0, sector 63' }]);
  t.match(places([{ name: 'elsewhere', at: 10 * 512, size: 512 }]), [
    { evidence: 'clone-1, clone-2: sector 0, sectors 62 to 63' },
  ]);
  t.same(places([{ name: 'all', at: 0, size: 64 * 512 }]), []);
});

t.test('partitions on which nothing may change', async (t) => {
  const { partitions, rawAreas } = diskProfileSchema.parse({
    format: 'assay disk profile 1',
    partitions: [
      { number: 1, role: 'boot', changes: false },
      { number: 2, role: 'root' },
    ],
  });
  const findingsOf = (changes: CloneChanges[]) => compareChanges(changes, { partitions, rawAreas }).findings;
  const files = [file('/x', 'aa'), { ...file('', 'bb'), where: 'partition 1, /grubenv' }];
  t.match(findingsOf([cloneWith(1, []), cloneWith(2, [[5, 1, 'x']], { files })]), [
    {
      ...{ kind: 'partition-changed-that-may-not', where: 'partition 1' },
      evidence: 'boot: up to 1 blocks on clone-2; /grubenv',
    },
  ]);
  t.match(findingsOf([cloneWith(1, [[5, 1, 'x']])]), [{ evidence: /in no file/ }]);
  t.same(findingsOf([cloneWith(1, [[5, 2, 'x']])]), []);
});

t.test('what could not be compared', async (t) => {
  const missing = ['partition 3: xfs', `${'x'.repeat(400)}\n`];
  const changes = [1, 2].map((index) => cloneWith(index, [], { missing, inUse: ['partition 2'] }));
  const { findings } = compareChanges(changes);
  t.match(findings, [
    { kind: 'clone-file-system-in-use', where: 'partition 2', evidence: 'on clone-1, clone-2' },
    { kind: 'divergence-incomplete', where: 'clone-1, clone-2', evidence: /^partition 3: xfs; x+…$/ },
  ]);
  t.equal(findings[1]!.evidence.length, 300);
  t.same(
    divergenceFindingKinds.filter((kind) => 'leavesOpen' in kind).map(({ id }) => id),
    ['divergence-incomplete'],
  );
});
