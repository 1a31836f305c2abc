import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace } from '../../../tests/command-line.ts';
import { makeForeignDisk } from '../../validation/fixtures/foreign-disk.ts';
import { readDiskProfile } from '../../validation/profile/disk-profile.ts';

const files = { '/etc/inittab': 'T0:23:respawn:/sbin/getty -L ttyS0 9600 vt100\n' };

t.test('a profile of a disk is printed, or written where no file is', async (t) => {
  await using place = await makePlace();
  const image = await makeForeignDisk(join(place.folder, 'nas.img'), { files });
  const before = await stat(image, { bigint: true });
  const printed = await place.assay(['init', '--from', 'nas.img']);
  t.match(printed, {
    exitCode: 0,
    stdout: /^# Written by assay init --from nas\.img/,
    stderr: /^looking at the partition table\nlooking at partition 1\n/,
  });
  const path = join(place.folder, 'nas.yaml');
  const done = await place.assay(['init', '--from', 'nas.img', '--out', 'nas.yaml']);
  t.match(done, {
    exitCode: 0,
    stdout: /^wrote nas\.yaml[\s\S]*assay validate nas\.img --static --profile nas\.yaml/,
  });
  t.equal(await readFile(path, 'utf8'), printed.stdout);
  t.match(await readDiskProfile(path), {
    partitions: [{ number: 1, role: 'root' }],
    ready: [{ console: 'login: ' }],
  });
  const after = await stat(image, { bigint: true });
  t.same([after.mtimeNs, after.ctimeNs], [before.mtimeNs, before.ctimeNs]);
  const validated = await place.assay([
    'validate',
    'nas.img',
    '--static',
    '--profile',
    'nas.yaml',
    '--plain',
  ]);
  t.match(validated, { exitCode: 1, stdout: /NOT FIT\n$/ });
});

t.test('--json has the profile in it', async (t) => {
  await using place = await makePlace();
  await makeForeignDisk(join(place.folder, 'nas.img'), { files });
  const { stdout } = await place.assay(['init', '--from', 'nas.img', '--json']);
  t.match(JSON.parse(stdout), {
    image: join(place.folder, 'nas.img'),
    profile: /^format: assay disk profile 1$/m,
  });
});

t.test('nothing is overwritten, and wrong use is said before the disk is read', async (t) => {
  await using place = await makePlace();
  await writeFile(join(place.folder, 'nas.yaml'), 'mine');
  const there = await place.assay(['init', '--from', 'none.img', '--out', 'nas.yaml']);
  t.match(there, { exitCode: 2, stdout: '', stderr: /HARNESS_INIT_WOULD_OVERWRITE/ });
  t.equal(await readFile(join(place.folder, 'nas.yaml'), 'utf8'), 'mine');
  t.match(await place.assay(['init', '--out', 'new.yaml']), {
    exitCode: 2,
    stderr: /--from[\s\S]*HARNESS_USAGE/,
  });
  t.match(await place.assay(['init', 'folder', '--from', 'none.img']), {
    exitCode: 2,
    stderr: /HARNESS_USAGE/,
  });
  t.match(await place.assay(['init', '--from', 'none.img']), {
    exitCode: 3,
    stderr: /WITNESS_DISK_UNREADABLE/,
  });
  await writeFile(join(place.folder, 'disk.qcow2'), Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'));
  t.match(await place.assay(['init', '--from', 'disk.qcow2']), { exitCode: 2, stderr: /INSPECTION_NOT_RAW/ });
});
