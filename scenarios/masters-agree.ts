import { createFactory, type DiskSet, type Factory, scenario, type TreeEntry } from 'assay';

/** Files that may differ between two masters of one template, with the reason for each (M12). */
const mayDiffer: readonly { partition: string; path: string; reason: string }[] = [
  {
    partition: 'backup',
    path: '/primary-root.image',
    reason:
      'the sectors of primary-root, whose inodes carry the times and random generations of this very pre-install',
  },
  {
    partition: 'backup',
    path: '/backup.json',
    reason: 'the hashes of the pieces of that image',
  },
];

/** The field of a record that may differ. */
const mayDifferInRecord = { record: 'manufacturing', field: 'backupHash', reason: 'the hash of backup.json' };

const comparedPartitions = [
  'primary-system',
  'emergency-system',
  'primary-root',
  'emergency-root',
  'data',
  'setup',
  'backup',
  'settings',
];

scenario(
  'masters-agree',
  {
    summary: 'two masters from one template have the same trees, partition tables and raw records (M12)',
    tags: ['manufacture'],
    timeoutMs: 40 * 60_000,
  },
  async (bench) => {
    const factory = createFactory(bench);
    const one = await describe(factory, await factory.manufactureMaster('one'));
    const other = await describe(factory, await factory.manufactureMaster('other'));
    bench.check('the partition tables agree', other.table, one.table);
    bench.check('the raw records agree', other.records, one.records);
    for (const role of comparedPartitions) {
      bench.check(`the trees of ${role} agree`, other.trees[role], one.trees[role]);
    }
  },
);

async function describe(factory: Factory, master: DiskSet) {
  await using disk = await factory.inspect(master.systemPath);
  const records = await disk.records();
  const trees: Record<string, string[]> = {};
  for (const role of comparedPartitions) {
    trees[role] = linesOf(role, await (await disk.partition(role)).tree());
  }
  return {
    table: await disk.partitionTable(),
    records: Object.fromEntries(
      Object.entries(records).map(([kind, record]) => [kind, comparable(kind, record?.value)]),
    ),
    trees,
  };
}

function comparable(kind: string, value: object | null | undefined): object {
  const { record, field } = mayDifferInRecord;
  return Object.fromEntries(Object.entries(value ?? {}).filter(([key]) => kind !== record || key !== field));
}

/** One line an entry: path, kind, mode, owners, and what it holds. */
function linesOf(partition: string, tree: readonly TreeEntry[]): string[] {
  return tree
    .filter(({ path }) => !mayDiffer.some((file) => file.partition === partition && file.path === path))
    .map(({ path, kind, mode, uid, gid, sha256, target }) =>
      [path, kind, mode?.toString(8), `${uid}:${gid}`, sha256 ?? target ?? ''].join(' '),
    );
}
