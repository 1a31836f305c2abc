import { join } from 'node:path';
import t from 'tap';
import { parseRedundantLayout, readRedundantLayout, systemPartitions } from './redundant-layout.ts';

const mebibyteSectors = 2048;

function layoutText(...disks: string[]): string {
  return `name: mine\ndisks:\n${disks.map((disk) => `  - ${disk}\n`).join('')}`;
}

const data =
  "{ name: data, size: 64MiB, ports: ['/b/'], partitions: [{ name: data, size: rest, holds: data }] }";

/** A disk whose partitions are `NAME SIZE HOLDS`. */
function disk(size: string, ...partitions: string[]): string {
  const lines = partitions.map((words) => {
    const [name, sizeOfIt, holds] = words.split(' ');
    return `{ name: ${name}, size: ${sizeOfIt}, holds: ${holds} }`;
  });
  return `{ name: system, size: ${size}, ports: ['/a/'], partitions: [${lines.join(', ')}] }`;
}

function problemsOf(text: string): string {
  try {
    parseRedundantLayout(text, 'mine.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

t.test('two partitions share a disk; the one with the rest takes what the table leaves', (t) => {
  const text = layoutText(disk('256MiB', 'system-1 100MiB system', 'system-2 rest system'), data);
  const layout = parseRedundantLayout(text, 'mine.yaml');
  t.same(systemPartitions(layout), [
    {
      ...{ name: 'system-1', holds: 'system', disk: 'system', number: 1 },
      ...{ firstSector: mebibyteSectors, sectors: 100 * mebibyteSectors },
    },
    {
      ...{ name: 'system-2', holds: 'system', disk: 'system', number: 2 },
      ...{ firstSector: 101 * mebibyteSectors, sectors: 155 * mebibyteSectors },
    },
  ]);
  t.equal(layout.watchdog, undefined);
  t.same(layout.disks[1]!.ports, ['/b/']);
  t.end();
});

t.test('three partitions on two disks; what is not a whole mebibyte at the end of a disk is left', (t) => {
  const other =
    "{ name: other, size: 33793KiB, ports: ['/c/'], partitions: [{ name: system-3, size: rest, holds: system }] }";
  const first = disk('128MiB', 'system-1 rest system', 'system-2 20MiB system');
  const layout = parseRedundantLayout(layoutText(first, other, data), 'mine.yaml');
  t.same(
    systemPartitions(layout).map(({ name, disk: on, number, firstSector, sectors }) => [
      ...[name, on, number, firstSector / mebibyteSectors, sectors / mebibyteSectors],
    ]),
    [
      ['system-1', 'system', 1, 1, 107],
      ['system-2', 'system', 2, 108, 20],
      ['system-3', 'other', 1, 1, 32],
    ],
  );
  t.end();
});

t.test('every problem is named with its line', (t) => {
  const wrong = problemsOf(
    layoutText(
      disk('64MiB', 'system-1 1000KiB system', 'system-1 rest system', 'system-2 rest data'),
      data.replace('/b/', '/a/'),
    ),
  );
  t.match(wrong, /line 3: partitions are whole mebibytes/);
  t.match(wrong, /line 3: partition "system-1" is declared twice/);
  t.match(wrong, /line 3: data lies on a disk of its own/);
  t.match(wrong, /line 3: only one partition of a disk can take the rest/);
  t.match(wrong, /line 4: port "\/a\/" is declared twice/);
  t.end();
});

t.test('partitions that do not fit, and a layout without a system, are refused', (t) => {
  t.match(
    problemsOf(layoutText(disk('64MiB', 'system-1 64MiB system'))),
    /line 3: the partitions do not fit on 64/,
  );
  t.match(
    problemsOf(layoutText(disk('64MiB', 'system-1 63MiB system', 'two rest system'))),
    /line 3: .* not fit/,
  );
  t.equal(problemsOf(layoutText(disk('64MiB', 'system-1 63MiB system'))), 'none');
  t.match(problemsOf(layoutText(data)), /line 2: no partition holds a system/);
  t.end();
});

t.test('wrong keys and values, and what is no YAML, are refused with their lines', (t) => {
  const good = layoutText(disk('64MiB', 'system-1 rest system'));
  t.match(problemsOf(good.replace('holds:', 'hold:')), /line 3.*hold/);
  t.match(problemsOf(`${good}watchdog: { kind: ib700, seconds: 31 }\n`), /line 4/);
  t.match(problemsOf(good.replace('64MiB', '64MB')), /"64MB" is no size/);
  t.match(problemsOf(good.replace("'/a/'", "'/a,b/'")), /no spaces and no commas/);
  t.match(problemsOf(good.replace('name: mine', 'name: [mine')), /mine\.yaml/);
  t.throws(() => parseRedundantLayout('a: [', 'x.yaml'), { code: 'KNOWN_STATE_LAYOUT_INVALID' });
  t.end();
});

t.test('a file that is not there is named', async (t) => {
  const path = join(t.testdir(), 'none.yaml');
  await t.rejects(readRedundantLayout(path), { code: 'KNOWN_STATE_LAYOUT_INVALID', facts: { where: path } });
});

t.test('the layouts that come with Assay can be laid out', async (t) => {
  const folder = new URL('../../images/layouts/', import.meta.url).pathname;
  for (const [name, count] of [
    ['redundant', 2],
    ['redundant-three', 3],
    ['redundant-two-disks', 2],
  ] as const) {
    const layout = await readRedundantLayout(join(folder, `${name}.yaml`));
    t.same([layout.name, systemPartitions(layout).length], [name, count]);
  }
});
