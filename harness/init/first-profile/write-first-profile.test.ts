import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readDiskProfile } from '../../validation/profile/disk-profile.ts';
import {
  type BuiltDisk,
  type BuiltFiles,
  buildDisk,
  efiProgram,
  grubBootCode,
  grubCore,
} from './fixtures/built-disk.ts';
import { firstProfile } from './write-first-profile.ts';

const uuid = '8f1b3a52-2c1f-4c6f-9a63-0c7b41d2c0de';
const hash = '$6$abcdefgh$0123456789abcdef0123456789abcdef';
let count = 0;

/** The first profile of a disk as text, and as it is read. */
async function profileOf(t: Pick<Tap, 'testdir'>, disk: BuiltDisk) {
  const folder = t.testdir();
  count += 1;
  return await written(await buildDisk(join(folder, `disk-${count}.img`), disk), folder);
}

type Tap = typeof t;

async function written(image: string, folder: string) {
  const text = await firstProfile(image);
  await writeFile(join(folder, 'nas.yaml'), text);
  return { image, text, profile: await readDiskProfile(join(folder, 'nas.yaml')) };
}

/** A Debian as far as it matters here. */
const debian: BuiltFiles = {
  '/usr/lib/os-release': 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n',
  '/etc/os-release': { link: '../usr/lib/os-release' },
  '/usr/lib/systemd/systemd': '',
  '/usr/lib/systemd/systemd-logind': '',
  '/lib': { link: 'usr/lib' },
  '/etc/passwd': 'root:x:0:0::/root:/bin/bash\nadmin:x:1000:1000::/home/admin:/bin/bash\n',
  '/etc/shadow': `root:*:1::::::\nadmin:${hash}:1::::::\n`,
  '/etc/fstab': `UUID=${uuid} /srv/shares ext4 defaults 0 2\nPARTLABEL=boot /boot ext4 defaults 0 2\n`,
  '/etc/ssh/sshd_config': '#Port 1\nPort 2222\n',
  '/etc/systemd/system/multi-user.target.wants/ssh.service': { link: '/usr/lib/systemd/system/ssh.service' },
  '/etc/systemd/system/multi-user.target.wants/nginx.service': {
    link: '/usr/lib/systemd/system/nginx.service',
  },
};
const boot: BuiltFiles = {
  '/vmlinuz-6.12.1-amd64': 'kernel',
  '/config-6.9.0-amd64': 'CONFIG_SATA_AHCI=y\n',
  '/config-6.12.1-amd64':
    'CONFIG_VIRTIO_BLK=m\n# CONFIG_VIRTIO_NET is not set\nCONFIG_E1000E=m\nCONFIG_SATA_AHCI=m\n',
  '/grub/grub.cfg':
    '# linux /vmlinuz console=ttyS7\n  linux /vmlinuz-6.12.1-amd64 root=LABEL=nas ro console=tty0 console=ttyS0,115200\n',
};

t.test('a Debian on GPT that UEFI starts', async (t) => {
  const { text, profile } = await profileOf(t, {
    table: 'gpt',
    partitions: [
      {
        ...{ sizeMebibytes: 4, type: 'uefi', fileSystem: 'fat', label: 'EFI' },
        files: { '/EFI/BOOT/BOOTX64.EFI': efiProgram('grub,3') },
      },
      { sizeMebibytes: 4, name: 'boot', fileSystem: 'ext4', files: boot },
      { sizeMebibytes: 8, fileSystem: 'ext4', label: 'nas', files: debian },
      { sizeMebibytes: 2, type: 'swap', fileSystem: 'swap' },
      { sizeMebibytes: 4, fileSystem: 'ext4', uuid },
      { sizeMebibytes: 1 },
      { sizeMebibytes: 4, name: 'rescue', fileSystem: 'ext4', files: debian },
    ],
  });
  t.match(profile, {
    name: 'Debian GNU/Linux 13 (trixie)',
    machine: { firmware: 'uefi', controller: 'virtio', nic: 'e1000e' },
    console: { login: { user: 'admin', passwordFrom: 'CONSOLE_PASSWORD' } },
    ready: [{ console: 'login: ' }, { tcp: 2222 }, { http: { port: 80, path: '/', status: 200 } }],
    ...{ shutDown: 'power-button', rawAreas: [] },
  });
  t.same(profile.partitions, [
    { number: 1, role: 'esp' },
    { number: 2, role: 'boot' },
    { number: 3, role: 'root' },
    { number: 4, role: 'swap' },
    { number: 5, role: 'shares' },
    { number: 7, role: 'recovery' },
  ]);
  t.match(
    text,
    /number: 5, role: shares \} {2}# ext4, 4 MiB: \/etc\/fstab of partition 3 mounts it at \/srv\/shares/,
  );
  t.match(text, /# - \{ number: 6, role: part-6 \} {2}# empty, 1 MiB: nothing says what it is/);
  t.match(text, /config-6\.12\.1-amd64 has virtio_blk/);
  t.match(
    text,
    /^shutDown: power-button {2}# partition 3, \/usr\/lib\/systemd\/systemd-logind listens to it$/m,
  );
  t.notMatch(text, /SERIAL CONSOLE|0123456789abcdef/, 'nothing is missing, and no hash is told');
});

t.test('two slots of RAUC, with GRUB for a BIOS and a licence', async (t) => {
  const conf = [1, 0].map(
    (slot) => `[slot.rootfs.${slot}]\ndevice=/dev/disk/by-partlabel/os-${slot}\nbootname=x\n`,
  );
  const files = { ...debian, '/etc/rauc/system.conf': `[system]\ncompatible=nas\n${conf.join('\n')}` };
  const { profile, text } = await profileOf(t, {
    table: 'gpt',
    partitions: [
      { sizeMebibytes: 1, type: '21686148-6449-6E6F-744E-656564454649' },
      { sizeMebibytes: 8, name: 'os-1', fileSystem: 'ext4', files },
      { sizeMebibytes: 8, name: 'os-0', fileSystem: 'ext4', files },
    ],
    raw: {
      ...{ 0: grubBootCode(), [64 * 512]: 'LICENCE of unit 0' },
      [96 * 512]: 'license\n-----BEGIN PRIVATE KEY-----',
      [1024 ** 2]: grubCore(),
    },
  });
  t.match(profile.partitions, [
    { number: 1, role: 'bios-boot' },
    { number: 2, role: 'root-b' },
    { number: 3, role: 'root' },
  ]);
  t.match(text, /has it as slot\.rootfs\.1/);
  t.same(profile.rawAreas, [{ name: 'licence', at: 32_768, size: 512 }], 'what may be a key is not declared');
  t.match(text, /# - \{ name: "unknown data", at: 48KiB, size: 512B \}/);
  t.equal(profile.machine.controller, 'ahci', 'of a kernel of which nothing is known');
});

t.test('busybox on an MBR, and roots that only a name tells apart', async (t) => {
  const busybox = {
    '/etc/inittab': '#ttyS0::respawn:/bin/sh\ntty1::respawn:/sbin/getty tty1\nttyS0::askfirst:-/bin/sh\n',
    '/etc/passwd': 'root::0:0::/root:/bin/sh\n',
    '/etc/init.d/S50dropbear': '',
    '/boot/extlinux/extlinux.conf': 'APPEND root=/dev/sda1 quiet\n',
  };
  const { profile, text } = await profileOf(t, {
    table: 'dos',
    partitions: [
      { sizeMebibytes: 4, fileSystem: 'ext4', label: 'rootfs_b', files: busybox },
      { sizeMebibytes: 4, fileSystem: 'ext4', label: 'rootfs_a', files: busybox },
      { sizeMebibytes: 2, fileSystem: 'ext4', label: 'Customer Data!' },
      { sizeMebibytes: 2, fileSystem: 'ext4' },
    ],
    raw: { 0: grubBootCode(), 512: grubCore() },
  });
  t.match(profile, {
    machine: { firmware: 'bios', controller: 'ahci' },
    partitions: [{ role: 'root-b' }, { role: 'root' }, { role: 'customer-data' }, { role: 'data' }],
    console: { login: undefined },
    ready: [{ console: 'Please press Enter to activate this console' }, { tcp: 22 }],
    shutDown: { command: 'poweroff' },
    rawAreas: [{ name: 'GRUB core.img', at: 0, size: 1536 }],
  });
  t.match(text, /A SILENT KERNEL/);
  t.match(text, /names \/dev\/sda1: on virtio it would be \/dev\/vda/);
});

t.test('without a serial console it says what to do, and starts no clone', async (t) => {
  const silent = {
    ...{
      '/etc/os-release': 'NAME=Quiet\n',
      '/etc/systemd/system/serial-getty@ttyS0.service': { link: '/dev/null' },
    },
    ...{
      '/usr/lib/systemd/systemd': '',
      '/boot/grub/grub.cfg': '  linux /vmlinuz root=/dev/vda1 console=ttyS1\n',
    },
    '/lib/modules/6.1.0/modules.dep': 'kernel/drivers/block/virtio_blk.ko.xz:\n',
    '/etc/init.d/S50sshd': '',
  };
  const { profile, text } = await profileOf(t, {
    table: 'dos',
    partitions: [{ sizeMebibytes: 4, fileSystem: 'ext4', files: silent }],
  });
  t.match(
    text,
    /^# NO SERIAL CONSOLE: [\s\S]*Another port is used: [\s\S]*console=ttyS1[\s\S]*GRUB_CMDLINE_LINUX/m,
  );
  t.match(profile, { machine: { controller: 'virtio', nic: 'none' }, console: undefined, ready: undefined });
  t.match(text, /^ {2}# - tcp: 22 .*it needs another `nic`$/m);
  t.equal(profile.shutDown, 'power-button', 'the default');
});

t.test('a masked getty is none; the kernel alone lets nobody log in', async (t) => {
  const files = (more: BuiltFiles) => ({
    ...{ '/etc/os-release': 'NAME=One\n', '/lib/systemd/systemd': '', '/etc/shadow': 'root::1::::::\n' },
    ...{ '/etc/kernel/cmdline': 'root=LABEL=x console=ttyS0\n', ...more },
  });
  const disk = (more: BuiltFiles): BuiltDisk => ({
    table: 'dos',
    partitions: [{ sizeMebibytes: 4, fileSystem: 'ext4', files: files(more) }],
  });
  const open = await profileOf(t, disk({}));
  t.match(open.profile, { console: { login: { user: 'root', passwordFrom: undefined } }, ready: [{}] });
  const masked = { '/etc/systemd/system/serial-getty@ttyS0.service': { link: '/dev/null' } };
  const closed = await profileOf(t, disk(masked));
  t.match(closed.profile, { console: undefined, ready: undefined });
  t.match(closed.text, 'NO LOGIN ON THE SERIAL CONSOLE');
});

t.test('whatever a disk is named, its profile can be read', async (t) => {
  const odd = '[x"\' # : {}\\\u2028\x1b[31m\n- [';
  const files = {
    '/etc/os-release': `PRETTY_NAME=${odd}\nNAME="#"\n`,
    '/etc/passwd': `[${'a'.repeat(400)}" #:$6$abcdefgh$0123456789:0:0::/:/bin/sh\n`,
    '/etc/shadow': { link: 'shadow' },
    '/etc/fstab': { link: '../../../etc/fstab' },
    '/etc/inittab': `ttyS0::respawn:/sbin/getty ${odd}`,
    '/etc/rauc/system.conf': '[slot.a"#.0]\ndevice=/dev/sda1\n[slot.rootfs.99]\ndevice=/dev/sda1\n',
  };
  const { profile, text } = await profileOf(t, {
    table: 'gpt',
    partitions: [
      { sizeMebibytes: 4, name: "#: - {'", fileSystem: 'ext4', label: '"] # \\', files },
      { sizeMebibytes: 4, name: '-\u2028-', fileSystem: 'ext4', label: '0', files },
    ],
    raw: { [40 * 512]: 'license # " \n: x' },
  });
  t.match(profile, {
    name: /^\[x"' # : \{\}\\/,
    console: { login: { user: /^\[aaa/ } },
    ...{ ready: [{}], rawAreas: [{ name: 'licence' }] },
  });
  t.equal(new Set(profile.partitions.map(({ role }) => role)).size, 2);
  t.notMatch(text, /(?!\n)[\p{Cc}\p{Zl}\p{Zp}]/u, 'it can be shown on a terminal');
});

t.test(
  'a disk without a table, and one without anything, have a profile; nothing is written to them',
  async (t) => {
    const folder = t.testdir({ 'empty.img': '', 'text.img': 'no disk\n'.repeat(1000) });
    for (const name of ['empty.img', 'text.img']) {
      const image = join(folder, name);
      const before = await stat(image, { bigint: true });
      const bytes = await readFile(image);
      const { profile, text } = await written(image, folder);
      t.match(profile, { partitions: [], ready: undefined });
      t.match(text, '# firmware: bios  # nothing was found that a BIOS or UEFI starts');
      const after = await stat(image, { bigint: true });
      t.same([after.mtimeNs, after.ctimeNs], [before.mtimeNs, before.ctimeNs]);
      t.ok(bytes.equals(await readFile(image)));
    }
    await t.rejects(firstProfile(join(folder, 'none.img')), { code: 'WITNESS_DISK_UNREADABLE' });
  },
);

t.test('a root that cannot be looked into is known by what the kernel is told', async (t) => {
  const files = {
    '/grub/grub.cfg':
      'linux /vmlinuz root=/dev/nvme0n1p3 console=ttyS0\nlinux /vmlinuz root=/dev/nvme0n1p9\n',
  };
  const { profile, text } = await profileOf(t, {
    table: 'gpt',
    partitions: [{ sizeMebibytes: 4, fileSystem: 'ext4', files }, { sizeMebibytes: 1 }, { sizeMebibytes: 1 }],
  });
  t.same(profile.partitions, [
    { number: 1, role: 'boot' },
    { number: 3, role: 'root' },
  ]);
  t.equal(profile.machine.controller, 'nvme');
  t.match(text, 'partition 1, /grub/grub.cfg gives it to the kernel as root=');
});

t.test('long lines of a hostile disk take no time', async (t) => {
  const files = {
    '/etc/os-release': 'NAME=x\n',
    '/etc/ssh/sshd_config': '\n'.repeat(65_536),
    '/etc/init.d/S50sshd': '',
    '/lib/modules/6.1.0/modules.dep': 'a'.repeat(2 * 1024 ** 2),
    '/lib/modules/6.1.0/modules.builtin': 'kernel/drivers/net/virtio-net.ko\nflat.ko\n',
  };
  const disk: BuiltDisk = { table: 'dos', partitions: [{ sizeMebibytes: 8, fileSystem: 'ext4', files }] };
  const startMs = performance.now();
  const { profile } = await profileOf(t, disk);
  // Seconds at most; letter by letter it was many minutes.
  t.ok(performance.now() - startMs < 60_000);
  t.equal(profile.machine.nic, 'virtio');
  t.same(profile.ready, [{ tcp: 22 }]);
});

t.test('every partition has a role of its own', async (t) => {
  const { profile } = await profileOf(t, {
    table: 'gpt',
    partitions: Array.from({ length: 30 }, () => ({ sizeMebibytes: 1, type: 'swap' })),
  });
  const roles = profile.partitions.map(({ role }) => role);
  t.equal(new Set(roles).size, 30);
  t.match(roles, ['swap', 'swap-b', 'swap-c']);
});
