import { spawn } from 'node:child_process';
import { access, cp, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { Deadline, defaultCachePath, runTool } from '../../foundation/index.ts';
import {
  type BuiltImage,
  buildBenchSystem,
  buildImage,
  buildSystem,
  imagesErrors,
  sizeReport,
} from '../index.ts';
import { fileSha256 } from '../packages/package-store.ts';

// Real packages, real builds, real boots: slow where the caches are empty or machines are slow.
t.setTimeout(1_200_000);

const megabyte = 1_000_000;

/** Everything of an image that a disk gets, as text: paths, modes, hashes. */
async function contentOf(image: BuiltImage): Promise<string[]> {
  const tree = await Promise.all(
    image.rootTree.map(async (entry) => {
      const { sourcePath, ...rest } = { sourcePath: undefined, ...entry };
      return JSON.stringify([rest, sourcePath === undefined ? '' : await fileSha256(sourcePath)]);
    }),
  );
  return [await fileSha256(image.kernelPath), await fileSha256(image.initramfsPath), ...tree];
}

/** Boots a machine from an image and reads its console until it says `expected` or ends. */
async function consoleOf(
  image: BuiltImage,
  moreArguments: string[],
  expected: string,
  devices: string[] = [],
): Promise<string> {
  const machine = spawn('setpriv', [
    ...['--pdeathsig', 'KILL', '--', 'qemu-system-x86_64'],
    ...['-machine', 'q35', '-accel', 'tcg', '-m', '512', '-nodefaults', '-no-user-config', '-no-reboot'],
    ...['-display', 'none', '-serial', 'stdio', '-kernel', image.kernelPath, '-initrd', image.initramfsPath],
    ...['-append', [...image.kernelArguments, ...moreArguments].join(' ')],
    ...devices,
  ]);
  let said = '';
  const heard = (async () => {
    for await (const bytes of machine.stdout) {
      said += bytes;
      if (said.includes(expected)) return;
    }
  })();
  try {
    await Deadline.after(300_000).race(heard, `wait for ${expected}`);
  } finally {
    machine.kill('SIGKILL');
  }
  return said;
}

t.test(
  'builds into different caches give the same bytes, and need no network when packages are there',
  async (t) => {
    const first = await buildSystem('primary');
    const cachePath = t.testdir({});
    await cp(join(defaultCachePath(), 'packages'), join(cachePath, 'packages'), {
      recursive: true,
      filter: (path) => !path.includes('/unpacked'),
    });
    const second = await buildSystem('primary', { cachePath });
    t.not(first.path, second.path);
    t.equal(first.inputsHash, second.inputsHash);
    t.same(await contentOf(first), await contentOf(second));
    await t.rejects(access(join(cachePath, 'apt')), 'apt was not asked');
  },
);

t.test('the trees are sorted and hold every folder before what lies in it', async (t) => {
  const { rootTree } = await buildSystem('primary');
  const seen = new Set(['/']);
  for (const { path } of rootTree) {
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    if (!seen.has(folder)) t.fail(`${path} comes before its folder`);
    seen.add(path);
  }
  t.same(
    rootTree.map((entry) => entry.path),
    rootTree.map((entry) => entry.path).sort(),
  );
  for (const path of ['/usr/bin/node', '/usr/sbin/init', '/etc/inittab', '/usr/sbin/mke2fs'])
    t.ok(seen.has(path), path);
});

t.test('the systems are as small as promised (spec R2)', async (t) => {
  for (const [name, limitBytes] of [
    ['primary', 65 * megabyte],
    ['emergency', 55 * megabyte],
  ] as const) {
    const report = await sizeReport(await buildSystem(name));
    t.ok(report.compressedBytes < limitBytes, `${name}: ${report.compressedBytes} bytes compressed`);
    t.ok(report.compressedBytes > 20 * megabyte, 'a figure that can be true');
    t.equal(
      report.rows.reduce((sum, row) => sum + row.installedBytes, 0),
      report.installedBytes,
    );
    const full = report.fullInstallation;
    if (full !== undefined)
      t.ok(report.installedBytes < full.installedBytes / 2, 'well below a full installation');
  }
});

t.test('a user adds a component of his own, with a script and a place in the boot (spec R1)', async (t) => {
  const extraComponentsFolder = t.testdir({
    'greeting.yaml': 'name: greeting\ndescription: says hello\nneeds: [init]\n',
    greeting: { etc: { 'rc.d': { S95greeting: 'echo GREETING FROM A USER\n' } } },
  });
  const image = await buildBenchSystem({ extraComponentsFolder, extraComponents: ['greeting'] });
  t.not(image.inputsHash, (await buildBenchSystem()).inputsHash);
  t.match(await consoleOf(image, [], 'GREETING FROM A USER'), /ASSAY BENCH UP.*GREETING FROM A USER/s);
});

t.test(
  'a system without its disk says so in one line and restarts, so that the loader can decide',
  async (t) => {
    const image = await buildSystem('emergency');
    const said = await consoleOf(image, ['assay.system=/0000:00:10.0/', 'assay.root=5'], 'never said');
    t.match(said, /^ASSAY BOOT-FAILED no disk on port \/0000:00:10\.0\/\r?$/m);
    t.match(said, 'reboot: Restarting system');
  },
);

t.test('a driver that the kernel does not have is refused by name', async (t) => {
  await t.rejects(buildBenchSystem({ extraComponents: ['driver-ahci'] }), {
    code: 'IMAGES_MODULE_MISSING',
    message: /ahci.*component driver-ahci, kernel linux-image-.*-cloud-amd64/s,
  });
});

t.test(
  'the drivers of the catalogue are all there with the generic kernel, and ext4 on AHCI works',
  async (t) => {
    const drivers = ['ahci', 'nvme', 'virtio-scsi', 'usb-storage', 'e1000', 'virtio-random'].map(
      (name) => `driver-${name}`,
    );
    const folder = t.testdir({
      'drivers.yaml': JSON.stringify({
        name: 'drivers',
        description: 'every driver',
        kernel: 'kernel-generic',
        kernelArguments: ['console=ttyS0,115200', 'loglevel=4'],
        initramfs: ['disk-boot', 'filesystem-ext4', ...drivers],
      }),
      'disk.raw': '',
    });
    const image = await buildImage('drivers', { recipesFolder: folder });
    const loaded = await readFile(join(image.path, 'initramfs-tree/etc/modules'), 'utf8');
    for (const module of ['ahci', 'nvme', 'virtio_scsi', 'usb_storage', 'e1000', 'e1000e'])
      t.match(loaded, `${module}\n`);
    const disk = join(folder, 'disk.raw');
    await truncate(disk, 16 * 1024 ** 2);
    await runTool('sfdisk', ['--quiet', disk], { input: 'label: dos\nstart=2048\n' });
    await runTool('mke2fs', ['-q', '-t', 'ext4', '-E', 'offset=1048576', disk, '15M']);
    const said = await consoleOf(image, ['assay.system=/0000:00:1f.2/ata1/', 'assay.root=1'], 'has no init', [
      ...['-drive', `if=none,id=system,file=${disk},format=raw`, '-device', 'ide-hd,bus=ide.0,drive=system'],
    ]);
    // An empty file system is mounted, and then has nothing to hand over to.
    t.match(said, 'ASSAY BOOT-FAILED /dev/sda1 has no init');
  },
);

t.test('every error of this folder has its page', async (t) => {
  const page = await readFile(join(import.meta.dirname, '../../docs/errors/images.md'), 'utf8');
  for (const code of Object.keys(imagesErrors)) t.match(page, `## ${code}\n`);
});
