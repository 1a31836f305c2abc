import { readFile } from 'node:fs/promises';
import t from 'tap';
import { parseLayout, readLayout } from './read-layout.ts';

const text = await readFile('images/layouts/headless.yaml', 'utf8');

t.test('the layouts that come with Assay are good', async (t) => {
  for (const name of ['headless', 'headless-single-disk']) {
    t.equal((await readLayout(`images/layouts/${name}.yaml`)).name, name);
  }
});

t.test('sizes are read in bytes, and what is left out has its default', async (t) => {
  const layout = parseLayout(text, 'layout.yaml');
  t.match(layout.disks[0], { size: 1536 * 1024 ** 2, bootLoaderSectors: 1 });
  t.match(layout.licences, [{ minimumCapacity: 0 }, { minimumCapacity: 2 * 1024 ** 3 }, {}]);
});

/** Each changes the good layout in one place; the error must name the line of that place. */
const mistakes: { name: string; from: string; to: string; problem: RegExp; line?: string }[] = [
  {
    name: 'an unknown key',
    from: 'attemptLimit: 3',
    to: 'atemptLimit: 3',
    problem: /atemptLimit: unknown key, did you mean "attemptLimit"/,
  },
  {
    name: 'an unknown key of a partition',
    from: 'label: data }',
    to: 'lable: data }',
    problem: /lable: unknown key, did you mean "label"/,
  },
  {
    name: 'an unknown key of a record',
    from: 'licence: { firstSector',
    to: 'licence: { fristSector',
    problem: /fristSector: unknown key, did you mean "firstSector"/,
  },
  {
    name: 'an unknown record',
    from: 'licence: { first',
    to: 'license: { first',
    problem: /license: unknown key, did you mean "licence"/,
  },
  { name: 'a size without a unit', from: 'size: 32MiB', to: 'size: 32M', problem: /"32M" is no size/ },
  { name: 'an unknown role', from: 'role: setup', to: 'role: set-up', problem: /partitions\.5\.role/ },
  { name: 'no YAML', from: '\ndisks:', to: '\ndisks: {', problem: /line \d+: /, line: 'any' },
  {
    name: 'the same key twice',
    from: 'attemptLimit: 3',
    to: 'attemptLimit: 3\nattemptLimit: 4',
    problem: /unique/,
    line: 'attemptLimit: 4',
  },
  {
    name: 'a disk that is too small',
    from: 'size: 1536MiB',
    to: 'size: 700MiB',
    problem: /"backup" does not fit: the partitions need 951 MiB, the disk has 700 MiB/,
    line: 'role: backup',
  },
  {
    name: 'a partition that is too large',
    from: 'kind: logical, size: 16MiB',
    to: 'kind: logical, size: 2GiB',
    problem: /"setup" does not fit/,
    line: 'role: setup',
  },
  {
    name: 'no sectors left for the rest',
    from: 'size: 256MiB\n    ports',
    to: 'size: 1MiB\n    ports',
    problem: /"data2" does not fit/,
    line: 'role: data2',
  },
  {
    name: 'two rests',
    from: 'kind: logical, size: 16MiB',
    to: 'kind: logical, size: rest',
    problem: /"data" takes the rest already/,
    line: 'role: setup',
  },
  {
    name: 'a partition that is not aligned',
    from: 'size: 32MiB',
    to: 'size: 33555456B',
    problem: /whole mebibytes/,
    line: 'role: settings',
  },
  {
    name: 'a partition without sectors',
    from: 'size: 32MiB',
    to: 'size: 0MiB',
    problem: /whole mebibytes/,
    line: 'role: settings',
  },
  {
    name: 'a disk of half a sector',
    from: 'size: 1536MiB',
    to: 'size: 1610612992B',
    problem: /512-byte sectors/,
  },
  { name: 'a disk that MBR cannot reach', from: 'size: 1536MiB', to: 'size: 4TiB', problem: /2 TiB/ },
  {
    name: 'a record on sector 0',
    from: 'boot-control: { firstSector: 8,',
    to: 'boot-control: { firstSector: 0,',
    problem: /sector 0, the master boot record/,
  },
  {
    name: 'a record inside the boot loader',
    from: 'size: 1536MiB',
    to: 'size: 1536MiB\n    bootLoaderSectors: 63',
    problem: /"boot-control" on sector 8 lies inside the boot loader, which takes 63/,
    line: 'boot-control:',
  },
  {
    name: 'a record inside a partition',
    from: 'licence: { firstSector: 128',
    to: 'licence: { firstSector: 2048',
    problem: /"licence" on sector 2048 lies inside a partition/,
  },
  {
    name: 'a copy inside a partition',
    from: 'licence: { firstSector: 128',
    to: 'licence: { firstSector: 2040',
    problem: /"licence" on sector 2048 lies inside a partition/,
  },
  {
    name: 'a record on an extended boot record',
    from: 'licence: { firstSector: 128',
    to: 'licence: { firstSector: 788480',
    problem: /inside a partition or an extended boot record/,
  },
  {
    name: 'records that overlap',
    from: 'licence: { firstSector: 128',
    to: 'licence: { firstSector: 72',
    problem: /"licence" on sector 72 overlaps "signature"/,
  },
  {
    name: 'a record between physical sectors',
    from: 'licence: { firstSector: 128',
    to: 'licence: { firstSector: 129',
    problem: /multiple of 8/,
  },
  {
    name: 'one copy',
    from: 'licence: { firstSector: 128, copies: 2',
    to: 'licence: { firstSector: 128, copies: 1',
    problem: /copies/,
  },
  {
    name: 'three copies of boot control',
    from: '{ firstSector: 8, copies: 2',
    to: '{ firstSector: 8, copies: 3',
    problem: /two copies/,
  },
  {
    name: 'a record that is missing',
    from: '      licence: { firstSector: 128, copies: 2 }\n',
    to: '',
    problem: /no record "licence"/,
    line: 'records:',
  },
  {
    name: 'a partition that is missing',
    from: '      - { role: backup, kind: logical, size: 256MiB, fileSystem: ext4, label: backup }\n',
    to: '',
    problem: /no partition "backup"/,
    line: 'partitions:',
  },
  {
    name: 'a partition twice',
    from: 'role: data2',
    to: 'role: backup',
    problem: /partition "backup" is declared twice, first on the system disk/,
    line: 'role: backup, kind: primary',
  },
  {
    name: 'a port twice',
    from: "'/0000:00:11.0/'",
    to: "'/0000:00:10.0/'",
    problem: /port "\/0000:00:10.0\/" is declared twice/,
    line: "ports: ['/0000:00:10.0/', '/0000:00:1f.2/ata2/']",
  },
  { name: 'a port with a comma', from: "'/0000:00:11.0/'", to: "'/a,b/'", problem: /no commas/ },
  {
    name: 'the data disk first',
    from: 'role: system',
    to: 'role: data',
    problem: /the first disk must be the system disk/,
  },
  {
    name: 'a system partition that is logical',
    from: 'role: emergency-system, kind: primary',
    to: 'role: emergency-system, kind: logical',
    problem: /"emergency-system" must be primary/,
  },
  {
    name: 'a primary after a logical drive',
    from: 'role: settings, kind: logical',
    to: 'role: settings, kind: primary',
    problem: /come before the logical drives/,
  },
  {
    name: 'five entries',
    from: 'role: emergency-root, kind: logical',
    to: 'role: emergency-root, kind: primary',
    problem: /an MBR has four entries/,
    line: 'role: data,',
  },
  {
    name: 'a system partition that is not FAT',
    from: 'fileSystem: fat, label: EMERGSYS',
    to: 'fileSystem: ext4, label: EMERGSYS',
    problem: /"emergency-system" must be fat/,
  },
  {
    name: 'a root that is FAT',
    from: 'fileSystem: ext4, label: primary-root',
    to: 'fileSystem: fat, label: PROOT',
    problem: /"primary-root" must be ext4/,
  },
  {
    name: 'a FAT label in small letters',
    from: 'label: EMERGSYS',
    to: 'label: emergsys',
    problem: /a FAT label/,
  },
  {
    name: 'licences that do not rise',
    from: 'office, minimumCapacity: 2GiB',
    to: 'office, minimumCapacity: 0B',
    problem: /"office" is not above "home"/,
  },
];

for (const { name, from, to, problem, line = to } of mistakes) {
  t.test(`refused with its line: ${name}`, async (t) => {
    t.ok(text.includes(from), 'the good layout has the place that is changed');
    const wrong = text.replace(from, to);
    const error = await Promise.resolve()
      .then(() => parseLayout(wrong, 'wrong.yaml'))
      .then(() => t.fail('it was accepted'))
      .catch((caught) => caught);
    t.match(error.code, /^(CORE_LAYOUT_INVALID|FOUNDATION_CONFIG_INVALID)$/);
    t.match(error.message, problem);
    t.match(error.message, 'wrong.yaml');
    if (line === 'any') return;
    const wanted = wrong.slice(0, wrong.indexOf(line.split('\n').at(-1) || line)).split('\n').length;
    t.match(error.message, new RegExp(`line (${to === '' ? `${wanted}|${wanted + 1}` : wanted})\\b`));
  });
}

t.test('several mistakes are all named', async (t) => {
  const wrong = text
    .replace('licence: { firstSector: 128', 'licence: { firstSector: 0')
    .replace('size: 32MiB', 'size: rest');
  t.throws(() => parseLayout(wrong, 'wrong.yaml'), { message: /takes the rest already\n.*sector 0/s });
});
