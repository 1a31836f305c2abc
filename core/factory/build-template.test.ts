import { mkdir, open, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { BootControlStore } from '../boot-loader/index.ts';
import {
  findDisk,
  findPartition,
  findRecord,
  type Layout,
  readLayout,
  readSealedLayout,
} from '../layout/index.ts';
import { type LicenceRecord, type ManufacturingRecord, openRecords } from '../records/index.ts';
import { buildTemplate, type Template, type TemplateOptions } from './build-template.ts';
import type { FileTree } from './file-tree.ts';
import type { SystemImage } from './system-image.ts';

const licenceKeys = { home: 'KEY-HOME', office: 'KEY-OFFICE', enterprise: 'KEY-ENTERPRISE' };
const systemDiskBytes = 448 * 1024 ** 2;
const owned = { uid: 0, gid: 0 };

t.test('a template of two disks', async (t) => {
  const folder = t.testdir({});
  const template = await buildTemplate(await makeOptions(join(folder, 'one'), 'headless'));
  const { systemDiskPath, layout, manifest } = template;

  await t.test('has sound file systems in the declared places', async (t) => {
    for (const { role, fileSystem } of layout.disks.flatMap(({ partitions }) => partitions)) {
      const image = await extract(template, role);
      const check =
        fileSystem === 'fat' ? runTool('fsck.fat', ['-n', image]) : runTool('e2fsck', ['-fn', image]);
      t.equal((await check).exitCode, 0, role);
    }
  });

  await t.test('has a kernel, its arguments and a loader in both system partitions', async (t) => {
    for (const [name, root] of [
      ['primary', 3],
      ['emergency', 5],
    ] as const) {
      const image = await extract(template, `${name}-system`);
      const { stdout } = await runTool('mdir', ['-b', '-a', '-i', image], {
        env: { MTOOLS_SKIP_CHECK: '1' },
      });
      t.same(stdout.trim().split('\n').sort(), [
        ...['::/initramfs', '::/ldlinux.c32', '::/ldlinux.sys', '::/libcom32.c32', '::/reboot.c32'],
        ...['::/syslinux.cfg', '::/vmlinuz'],
      ]);
      t.equal((await runTool('mtype', ['-i', image, '::/vmlinuz'])).stdout, `kernel of ${name}`);
      const configuration = (await runTool('mtype', ['-i', image, '::/syslinux.cfg'])).stdout;
      const ports = '/0000:00:10.0/,/0000:00:1f.2/ata1/';
      t.match(
        configuration,
        `APPEND quiet console=ttyS0,115200 panic=5 assay.system=${ports} assay.root=${root}\n`,
      );
      t.match(configuration, 'ONERROR reboot.c32');
    }
  });

  await t.test('has the trees with their attributes, and the layout in both roots', async (t) => {
    const image = await extract(template, 'primary-root');
    const stat = async (path: string) => (await runTool('debugfs', ['-R', `stat "${path}"`, image])).stdout;
    t.match(await stat('/opt/a tool'), /Type: regular +Mode: +04751/);
    t.match(await stat('/opt/a tool'), /User: +12 +Group: +34 .*Size: 9\b/s);
    t.match(await stat('/opt/a tool'), /mtime: 0x5e0be100.*crtime: 0x5e0be100/s);
    t.match(await stat('/opt/link'), /Type: symlink[\s\S]*Fast link dest: "a tool"/);
    t.match(await stat('/dev/ttyS0'), /Type: character special[\s\S]*Device major\/minor number: 04:64/);
    t.match(await stat('/'), /Type: directory +Mode: +0755/);
    for (const role of ['primary-root', 'emergency-root'] as const) {
      const sealed = join(t.testdir({}), 'layout.json');
      const root = await extract(template, role);
      await runTool('debugfs', ['-R', `dump /etc/assay/layout.json ${sealed}`, root]);
      t.same(await readSealedLayout(sealed), layout);
    }
    t.equal((await runTool('debugfs', ['-R', 'cat /etc/name', image])).stdout, 'primary');
    t.match((await runTool('debugfs', ['-R', 'cat /etc/assay/lcd-logo.pbm', image])).stdout, /^P1\n/);
  });

  await t.test('has set-up files on the set-up partition only, and an empty backup area (M2)', async (t) => {
    const list = async (role: string) => {
      const { stdout } = await runTool('debugfs', ['-R', 'ls -p /', await extract(template, role)]);
      return stdout.split('\n').flatMap((line) => line.split('/')[5] ?? []);
    };
    t.same(await list('setup'), ['.', '..', 'lost+found', 'installer']);
    for (const role of ['backup', 'data', 'data2', 'settings']) {
      t.same(await list(role), ['.', '..', 'lost+found'], role);
    }
    const { firstSector, sectors } = findPartition(layout, 'setup').partition;
    const disk = await readFile(systemDiskPath);
    const found = disk.indexOf('the set-up files');
    t.ok(found >= firstSector * 512 && found < (firstSector + sectors) * 512);
    t.equal(disk.indexOf('the set-up files', found + 1), -1, 'there is one copy on the whole disk');
  });

  await t.test('has a null signature, a licence, and the state of a template (M3, M4)', async (t) => {
    for (const [role, path] of [
      ['system', systemDiskPath],
      ['data', template.dataDiskPath!],
    ] as const) {
      await using signature = await openRecords(path, findRecord(layout, role, 'signature'), {
        readOnly: true,
      });
      t.match(await signature.inspect(), { state: 'null', copies: [{ state: 'zero' }, { state: 'zero' }] });
    }
    await using licence = await openRecords<LicenceRecord>(
      systemDiskPath,
      findRecord(layout, 'system', 'licence'),
    );
    t.same(await licence.read(), { level: 'home', key: 'KEY-HOME', capacityBytes: systemDiskBytes });
    await using manufacturing = await openRecords<ManufacturingRecord>(
      systemDiskPath,
      findRecord(layout, 'system', 'manufacturing'),
    );
    const { inputsHash } = manifest;
    t.same(await manufacturing.read(), {
      stage: 'template',
      completed: [],
      layoutName: 'headless',
      inputsHash,
    });
    const slot = findRecord(layout, 'system', 'boot-control');
    await using bootControl = await BootControlStore.open(systemDiskPath, slot);
    t.same(await bootControl.read(), { target: 'primary', attempts: 0, attemptLimit: 3 });
  });

  await t.test('keeps the licence key in its raw sector alone (M3)', async (t) => {
    const disk = await readFile(systemDiskPath);
    const places: number[] = [];
    for (let at = disk.indexOf('KEY-'); at !== -1; at = disk.indexOf('KEY-', at + 1)) {
      places.push(Math.floor(at / 512));
    }
    t.same(places, findRecord(layout, 'system', 'licence').sectors);
  });

  await t.test('is the same bit for bit in another folder, from files of another day (M12)', async (t) => {
    const options = await makeOptions(join(folder, 'two'), 'headless', new Date('2001-02-03T04:05:06Z'));
    const again = await buildTemplate(options);
    t.same(again.manifest, manifest);
    t.same(await readFile(again.manifestPath), await readFile(template.manifestPath));
    for (const file of ['system.raw', 'data.raw']) {
      const { exitCode } = await runTool('cmp', [join(folder, 'one', file), join(folder, 'two', file)]);
      t.equal(exitCode, 0, file);
    }
  });
});

t.test('one other byte of input is another template, and says so', async (t) => {
  const folder = t.testdir({});
  const options = await makeOptions(folder, 'headless-single-disk');
  const template = await buildTemplate(options);
  t.equal(template.dataDiskPath, undefined);
  t.equal(template.manifest.disks.length, 1);
  const [installer] = options.setupFiles;
  const setupFiles = [{ ...installer!, content: Buffer.from('other') }] as FileTree;
  const other = await buildTemplate({ ...options, setupFiles, outFolder: join(folder, 'other') });
  t.not(other.manifest.inputsHash, template.manifest.inputsHash);
  t.not(other.manifest.disks[0]!.sha256, template.manifest.disks[0]!.sha256);
});

t.test('a larger disk gets the licence of its capacity, and more room for data', async (t) => {
  const options = await makeOptions(t.testdir({}), 'headless-single-disk');
  const template = await buildTemplate({ ...options, diskSizesBytes: { system: 2 * 1024 ** 3 } });
  t.equal(template.manifest.licenceLevel, 'office');
  const { partition } = findPartition(template.layout, 'data');
  t.ok(partition.sectors > 1024 * 2048);
  await t.rejects(
    buildTemplate({
      ...options,
      licenceKeys: { office: 'KEY' },
    }),
    { code: 'CORE_LICENCE_MISSING' },
  );
});

t.test('what does not fit is refused, and leaves no working files', async (t) => {
  const folder = t.testdir({});
  const options = await makeOptions(folder, 'headless-single-disk');
  const large = join(folder, 'large');
  await writeFile(large, Buffer.alloc(70 * 1024 ** 2, 1));
  const { primary, emergency } = options.systems;
  await t.rejects(
    buildTemplate({ ...options, systems: { emergency, primary: { ...primary, kernelPath: large } } }),
    { code: 'CORE_FILE_SYSTEM_TOO_SMALL', message: /primary|large/ },
  );
  const setupFiles: FileTree = [
    { ...owned, kind: 'file', path: '/large', mode: 0o644, sourcePath: large, sizeBytes: 70 * 1024 ** 2 },
  ];
  await t.rejects(buildTemplate({ ...options, setupFiles }), { code: 'CORE_FILE_SYSTEM_TOO_SMALL' });
  const { stdout } = await runTool('find', [options.outFolder, '-name', '.building*']);
  t.equal(stdout, '');
});

t.test('a tree that cannot be written is refused', async (t) => {
  const options = await makeOptions(t.testdir({}), 'headless-single-disk');
  const file = { ...owned, kind: 'file', mode: 0o644, content: Buffer.from('x') } as const;
  for (const path of ['/no/folder', '/quo"te', '/line\nbreak']) {
    await t.rejects(buildTemplate({ ...options, setupFiles: [{ ...file, path }] }), {
      code: 'CORE_TREE_INVALID',
    });
  }
  const missing = {
    ...owned,
    kind: 'file',
    mode: 0o644,
    path: '/x',
    sourcePath: '/nowhere',
    sizeBytes: 1,
  } as const;
  await t.rejects(buildTemplate({ ...options, setupFiles: [missing] }), /nowhere/);
});

/** Inputs with small files; they are laid out the same whatever their folder and their times are. */
async function makeOptions(folder: string, layoutName: string, time = new Date()): Promise<TemplateOptions> {
  const inputs = join(folder, 'inputs');
  await mkdir(inputs, { recursive: true });
  const put = async (name: string, content: string) => {
    const path = join(inputs, name);
    await writeFile(path, content);
    await utimes(path, time, time);
    return path;
  };
  const system = async (name: SystemImage['name']): Promise<SystemImage> => ({
    name,
    kernelPath: await put(`${name}-kernel`, `kernel of ${name}`),
    initramfsPath: await put(`${name}-initramfs`, `initramfs of ${name}`),
    kernelArguments: ['quiet'],
    inputsHash: '0'.repeat(64),
    rootTree: [
      { ...owned, kind: 'directory', path: '/dev', mode: 0o755 },
      {
        ...owned,
        kind: 'device',
        path: '/dev/ttyS0',
        mode: 0o600,
        deviceType: 'character',
        major: 4,
        minor: 64,
      },
      { ...owned, kind: 'directory', path: '/etc', mode: 0o755 },
      { ...owned, kind: 'file', path: '/etc/name', mode: 0o644, content: Buffer.from(name) },
      { ...owned, kind: 'directory', path: '/opt', mode: 0o755 },
      {
        kind: 'file',
        path: '/opt/a tool',
        mode: 0o4751,
        uid: 12,
        gid: 34,
        sourcePath: await put('tool', 'some tool'),
        sizeBytes: 9,
      },
      { ...owned, kind: 'symlink', path: '/opt/link', mode: 0o777, target: 'a tool' },
    ],
  });
  const content = Buffer.from('the set-up files');
  return {
    layout: shrink(await readLayout(`images/layouts/${layoutName}.yaml`)),
    systems: { primary: await system('primary'), emergency: await system('emergency') },
    setupFiles: [{ ...owned, kind: 'file', path: '/installer', mode: 0o755, content }],
    licenceKeys,
    outFolder: folder,
  };
}

/** Copies a partition out of a template's disk, by the layout's numbers. */
async function extract(template: Template, role: string): Promise<string> {
  const { disk, partition } = findPartition(template.layout, role as 'data');
  const diskPath =
    disk === findDisk(template.layout, 'system') ? template.systemDiskPath : template.dataDiskPath!;
  const image = join(dirname(template.systemDiskPath), `${role}.img`);
  const source = await open(diskPath, 'r');
  const { buffer } = await source.read(Buffer.alloc(partition.sectors * 512), {
    position: partition.firstSector * 512,
  });
  await source.close();
  await writeFile(image, buffer);
  return image;
}

/** The layout with small partitions, so that the test is quick. */
function shrink(layout: Layout): Layout {
  const largest = 32 * 1024 ** 2;
  const disks = layout.disks.map((disk) => ({
    ...disk,
    size: disk.role === 'system' ? systemDiskBytes : 2 * largest,
    partitions: disk.partitions.map((partition) => ({
      ...partition,
      size:
        partition.size === 'rest' || partition.fileSystem === 'fat'
          ? partition.size
          : Math.min(partition.size, largest),
    })),
  }));
  return { ...layout, disks };
}
