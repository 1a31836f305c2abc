import { join } from 'node:path';
import t from 'tap';
import { readLayout, resolveLayout } from '../../core/layout/index.ts';
import { readLayoutText } from './index.ts';

t.test('the layouts that come with Assay mean the same to the witness as to the core', async (t) => {
  for (const name of ['headless', 'headless-single-disk']) {
    const path = `images/layouts/${name}.yaml`;
    for (const disk of resolveLayout(await readLayout(path)).disks) {
      const seen = await readLayoutText(path, disk.role);
      t.same(
        seen.partitions,
        disk.partitions.map(({ role, number, fileSystem, label }) => ({ role, number, fileSystem, label })),
      );
      const declared = Object.values(disk.records);
      t.same(
        [...seen.records].sort((one, other) => one.sectors[0]! - other.sectors[0]!),
        declared.map(({ kind, sectors }) => ({ kind, sectors })),
        `${name}, ${disk.role}`,
      );
    }
  }
});

t.test('a layout that cannot be understood is refused', async (t) => {
  const folder = t.testdir({
    'no-yaml': '{ a: [',
    'no-disks': 'name: x\n',
    'other-record':
      'disks:\n  - { role: system, partitions: [], records: { other: { firstSector: 1, copies: 1 } } }\n',
    right: 'disks:\n  - { role: system, partitions: [], records: {} }\n',
  });
  for (const name of ['no-yaml', 'no-disks', 'other-record', 'missing']) {
    await t.rejects(
      readLayoutText(join(folder, name), 'system'),
      { code: 'WITNESS_LAYOUT_UNREADABLE' },
      name,
    );
  }
  await t.rejects(readLayoutText(join(folder, 'right'), 'data'), { message: /disks system/ });
  t.same(await readLayoutText(join(folder, 'right'), 'system'), {
    role: 'system',
    records: [],
    partitions: [],
  });
});
