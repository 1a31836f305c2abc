import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { mebibyte, seededRandom, uuid } from '../file-systems/fixtures/images.ts';
import { allBootFilesBytes, mostFindingsOfOneKind } from './boot-limits.ts';
import { makeDisk as makeDiskIn, put, recognise } from './fixtures/boot-disk.ts';

const folder = t.testdir({});
const at = (name: string) => join(folder, name);
const makeDisk = (files: Parameters<typeof makeDiskIn>[1]) => makeDiskIn(folder, files);
const kindsOf = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind);
const espType = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

const system = { 'etc/os-release': 'ID=test\n' };

t.test('syslinux for a BIOS', async (t) => {
  const made = await makeDisk({
    fat: { 'syslinux.cfg': `APPEND root=UUID=${uuid.toUpperCase()} quiet\n` },
    ext: system,
  });
  t.same(kindsOf((await recognise(made)).findings), ['nothing-boots'], 'there is no boot code');
  const code = await readFile('/usr/lib/syslinux/mbr/mbr.bin');
  await put(made.disk, 0, code);
  await put(made.disk, 510, Buffer.from([0x55, 0xaa]));
  t.same(kindsOf((await recognise(made)).findings), ['no-active-partition']);
  made.partitions[0]!.isActive = true;
  const incomplete = await recognise(made);
  t.same(
    kindsOf(incomplete.findings),
    ['boot-code-leads-nowhere'],
    'mkfs.fat says only that it cannot start',
  );
  await runTool('syslinux', ['-i', at('fat')]);
  await put(made.disk, mebibyte, await readFile(at('fat')));
  const { loaders, findings } = await recognise(made);
  t.same(findings, []);
  t.match(
    loaders.map(({ name, where }) => `${name}: ${where}`),
    [
      'syslinux mbr.bin: sector 0',
      'syslinux ldlinux.sys: partition 1, /ldlinux.sys',
      'syslinux: partition 1, its first sector',
      'syslinux settings: partition 1, /syslinux.cfg',
    ],
  );
  made.partitions[1]!.isActive = true;
  t.same(kindsOf((await recognise(made)).findings), ['no-active-partition'], 'two are as bad as none');
});

/** The texts and the fields that boot.img and diskboot.img of GRUB 2.06 have. */
function grubSector(nextSector: bigint): Buffer {
  const sector = Buffer.alloc(512);
  sector.write('\xeb\x63', 'latin1');
  sector.writeBigUInt64LE(nextSector, 0x5c);
  sector.write('GRUB \0Geom\0Hard Disk\0Read\0 Error\r\n\0', 0x180, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

t.test('GRUB for a BIOS', async (t) => {
  const made = await makeDisk({ ext: system });
  await put(made.disk, 0, grubSector(1n));
  const nowhere = await recognise(made);
  t.same(kindsOf(nowhere.findings), ['boot-code-leads-nowhere']);
  await put(made.disk, 512, Buffer.from('loading\0.\0\r\n\0Geom\0Read\0 Error\0'));
  const { loaders, findings } = await recognise(made);
  t.same(findings, []);
  t.match(loaders, [
    { name: 'GRUB', where: 'sector 0' },
    { name: 'GRUB core.img', where: 'sector 1' },
  ]);
  await put(made.disk, 0, grubSector(2n ** 63n));
  t.match((await recognise(made)).findings, [
    { kind: 'boot-code-leads-nowhere', evidence: /which the disk does not have/ },
  ]);
  await put(made.disk, 0, Buffer.alloc(512, 0x90).fill(0x55, 510, 511).fill(0xaa, 511));
  t.match(await recognise(made), { loaders: [{ name: 'unknown code' }], findings: [] });
});

function efiProgram(text: string): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write('MZ');
  bytes.writeUInt32LE(128, 0x3c);
  bytes.write('PE\0\0', 128, 'latin1');
  bytes.writeUInt16LE(0x8664, 132);
  bytes.write(text, 256);
  return bytes;
}

t.test('UEFI', async (t) => {
  const boot = efiProgram('#### LoaderInfo: systemd-boot 252.39-1 ####');
  const grub = efiProgram('sbat,1\ngrub,3,Free Software Foundation');
  const vendor = {
    'EFI/debian/grubx64.efi': grub,
    'EFI/debian/grub.cfg': `search.fs_uuid ${uuid} root hd0,gpt2\n`,
  };
  const only = await recognise(await makeDisk({ fat: vendor, ext: system, fatType: espType }), 'gpt');
  t.same(kindsOf(only.findings), ['efi-fallback-missing', 'nothing-boots']);
  t.match(only.findings[0]!.evidence, /grubx64\.efi/);
  const fallback = { ...vendor, 'EFI/BOOT/BOOTX64.EFI': boot };
  const whole = await recognise(await makeDisk({ fat: fallback, ext: system, fatType: espType }), 'gpt');
  t.same(whole.findings, []);
  t.match(
    whole.loaders.map(({ name, where }) => `${name}: ${where}`),
    [
      'systemd-boot: partition 1, /EFI/BOOT/BOOTX64.EFI',
      'GRUB: partition 1, /EFI/debian/grubx64.efi',
      'GRUB settings: partition 1, /EFI/debian/grub.cfg',
    ],
  );
  t.same(Object.fromEntries(whole.loaders[0]!.facts), { machine: 'x64', version: 'systemd-boot 252.39-1' });
  const broken = { 'EFI/BOOT/BOOTX64.EFI': 'no program' };
  const damaged = await recognise(await makeDisk({ fat: broken, ext: system, fatType: espType }), 'gpt');
  t.same(kindsOf(damaged.findings), ['efi-loader-damaged', 'nothing-boots']);
});

t.test('boards, and disks for data', async (t) => {
  const board = await recognise(
    await makeDisk({ fat: { 'start4.elf': 'x', 'cmdline.txt': 'root=PARTUUID=8c255309-02' }, ext: system }),
  );
  t.same(board.findings, []);
  t.match(board.loaders, [{ firmware: 'board', where: 'partition 1, /start4.elf' }]);
  const made = await makeDisk({ ext: { 'data/file': 'x' } });
  t.same((await recognise(made)).findings, [], 'a disk for data need not start');
  await put(made.disk, 8196, Buffer.from('eGON.BT0'));
  t.match((await recognise(made)).loaders, [{ name: 'Allwinner (eGON)' }]);
});

t.test('names of file systems and disks', async (t) => {
  const fstab = [
    '# UUID=commented',
    `UUID=${uuid} / ext4 defaults 0 1`,
    'UUID="A1B2-C3D4" /boot vfat defaults 0 2',
    'LABEL=system /again ext4 noauto 0 2',
    'PARTUUID=8C255309-01 /boot vfat defaults 0 2',
    'PARTLABEL=slot-2 /x ext4 defaults 0 2',
    'UUID=99999999-0000-4000-8000-000000000000 /home ext4 defaults 0 2',
    'PARTUUID=8c255309-07 /seven ext4 defaults 0 2',
    'UUID=88888888-0000-4000-8000-000000000000 /usb ext4 nofail,user 0 2',
    '/dev/sdb1 /data ext4 defaults 0 2',
    '/dev/disk/by-id/ata-DISK_1234 /serial ext4 defaults 0 2',
    '/dev/disk/by-id/dm-uuid-LVM-abc /volume ext4 defaults 0 2',
    '/dev/disk/by-id/md-uuid-1:2:3:4-part1 /raid ext4 defaults 0 2',
    '/dev/disk/by-id/dm-uuid-part1-mpath-3600 /paths ext4 defaults 0 2',
    '/dev/sr0 /media udf,iso9660 user,noauto 0 0',
    'tmpfs /tmp tmpfs defaults 0 0',
    'server:/share /share nfs defaults 0 0',
  ].join('\n');
  const made = await makeDisk({
    fat: {
      'start4.elf': 'x',
      vmlinuz: 'x',
      'boot/grub/grub.cfg':
        'linux /vmlinuz root=/dev/sda2 ro\n\tlinux /vmlinuz root=$root\nsearch --no-floppy --fs-uuid --set=root 77777777-0000-4000-8000-000000000000\nsearch --fs-uuid $uuid',
    },
    ext: { 'etc/fstab': fstab, 'etc/crypttab': 'swap UUID=66666666-0000-4000-8000-000000000000 none swap\n' },
  });
  const { findings } = await recognise(made);
  t.same(
    findings.map(({ kind, where, evidence }) => `${kind} ${where}: ${evidence}`),
    [
      'boot-device-by-order partition 1, /boot/grub/grub.cfg: /dev/sda2',
      'boot-reference-missing partition 1, /boot/grub/grub.cfg: search --no-floppy --fs-uuid --set=root 77777777-0000-4000-8000-000000000000',
      'boot-reference-missing partition 2, /etc/crypttab: UUID=66666666-0000-4000-8000-000000000000',
      'boot-reference-missing partition 2, /etc/fstab: UUID=99999999-0000-4000-8000-000000000000',
      'boot-reference-missing partition 2, /etc/fstab: PARTUUID=8c255309-07',
      'boot-reference-not-seen partition 2, /etc/fstab: UUID=88888888-0000-4000-8000-000000000000',
      'boot-device-by-order partition 2, /etc/fstab: /dev/sdb1',
      'boot-device-by-hardware partition 2, /etc/fstab: /dev/disk/by-id/ata-DISK_1234',
      'boot-reference-not-seen partition 2, /etc/fstab: /dev/disk/by-id/dm-uuid-LVM-abc',
      'boot-reference-not-seen partition 2, /etc/fstab: /dev/disk/by-id/md-uuid-1:2:3:4-part1',
      'boot-device-by-hardware partition 2, /etc/fstab: /dev/disk/by-id/dm-uuid-part1-mpath-3600',
    ],
  );
  made.partitions.push({ ...made.partitions[1]!, number: 3, uniqueId: '8c255309-03', name: 'slot-3' });
  const twice = (await recognise(made)).findings.filter(({ kind }) => kind === 'boot-reference-ambiguous');
  t.match(twice[0]!.evidence, `UUID=${uuid} is partition 2 and partition 3`);
  const luks = Buffer.alloc(4096);
  luks.write('LUKS\xba\xbe\0\x02', 'latin1');
  await put(made.disk, 18 * mebibyte, luks);
  made.partitions[2] = { ...made.partitions[2]!, offsetBytes: 18 * mebibyte, sizeBytes: mebibyte };
  const inside = (await recognise(made)).findings.filter(({ evidence }) => evidence.includes('99999999'));
  t.same(kindsOf(inside), ['boot-reference-not-seen'], 'it may be inside of the encrypted volume');
});

t.test('the same settings in 255 partitions', async (t) => {
  const lines = Array.from({ length: 300 }, (_, number) => `LABEL=l${number} /${number} ext4 defaults 0 2`);
  const fstab = `${lines.join('\n')}\n`.padEnd(200_000, '#');
  const made = await makeDisk({ fat: { 'start4.elf': 'x' }, ext: { 'etc/fstab': fstab } });
  for (let number = 3; number <= 60; number += 1) made.partitions.push({ ...made.partitions[1]!, number });
  const { findings } = await recognise(made);
  const missing = findings.filter(({ kind }) => kind === 'boot-reference-missing');
  t.equal(missing.length, mostFindingsOfOneKind + 1);
  t.match(missing.at(-1), { where: 'elsewhere', evidence: /^\d+ more, not listed/ });
  const unread = findings.filter(({ kind }) => kind === 'boot-files-too-many');
  t.equal(unread.length, 59 - Math.floor(allBootFilesBytes / 200_000), 'no more than that is in memory');
});

function grubEnvironment(...lines: string[]): string {
  return `# GRUB Environment Block\n${lines.map((line) => `${line}\n`).join('')}`.padEnd(1024, '#');
}

function uBootEnvironment(flags: string, ...lines: string[]): Buffer {
  const content = Buffer.alloc(4096 - 4 - flags.length);
  content.write(`${lines.join('\0')}\0\0`);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(content));
  return Buffer.concat([sum, Buffer.from(flags, 'latin1'), content]);
}

t.test('what boot loaders remember', async (t) => {
  const made = await makeDisk({
    fat: {
      'start4.elf': 'x',
      'uboot.env': uBootEnvironment('', 'bootcount=0', 'BOOT_ORDER=A B', 'password=secret'),
      'loader/entries/a+3.conf': 'options quiet\n',
      'loader/entries/b+2-1.conf': 'options quiet\n',
      grubenv: 'cut',
    },
    ext: {
      'boot/grub/grubenv': grubEnvironment('saved_entry=0', 'A_OK=1', 'B_OK=0', 'B_TRY=1', 'next_entry='),
      'etc/fw_env.config':
        '/dev/mmcblk0 0x600000 0x1000\n/dev/mmcblk0 0x700000 0x1000\n/dev/mmcblk0p9 0 0x1000\n/dev/sda 0xffffffffffff 0x1000\n/dev/mtd0 0 4096\nnonsense\n',
      'etc/rauc/system.conf':
        '[system]\ncompatible=Test\nbootloader=grub\n[slot.rootfs.0]\ndevice=/dev/disk/by-partuuid/8c255309-02\n[keyring]\npath=x\n',
    },
  });
  await put(made.disk, 6 * mebibyte, uBootEnvironment('\x01', 'upgrade_available=1'));
  const { loaders, findings } = await recognise(made);
  t.same(findings.map(({ kind, where, evidence }) => `${kind} ${where}: ${evidence}`).sort(), [
    'boot-environment-damaged partition 1, /grubenv: GRUB environment',
    'boot-environment-damaged partition 2, /etc/fw_env.config: /dev/mmcblk0 at 0x700000: U-Boot environment',
    'boot-environment-damaged partition 2, /etc/fw_env.config: /dev/sda at 0xffffffffffff: U-Boot environment',
    'boot-state-left partition 1, /loader/entries/b+2-1.conf: 2 attempts left, 1 made',
    'boot-state-left partition 2, /boot/grub/grubenv: B_OK=0, B_TRY=1',
    'boot-state-left partition 2, /etc/fw_env.config: /dev/mmcblk0 at 0x600000: upgrade_available=1',
  ]);
  const factsOf = (name: string) => Object.fromEntries(loaders.find((loader) => loader.name === name)!.facts);
  t.same(factsOf('RAUC'), {
    'system.compatible': 'Test',
    'system.bootloader': 'grub',
    'slot.rootfs.0.device': '/dev/disk/by-partuuid/8c255309-02',
  });
  t.same(factsOf('U-Boot environment'), { variables: '3', bootcount: '0', BOOT_ORDER: 'A B' });
  t.match(factsOf('GRUB environment'), { A_OK: '1', B_OK: '0' });
});

t.test('files of random bytes always give an answer', async (t) => {
  const random = seededRandom(6);
  const noise = (length: number) =>
    Buffer.from(Array.from({ length }, () => [0, 10, 61, 47, 255, 34, 91, random(256)][random(8)]!));
  for (let round = 0; round < 12; round += 1) {
    const made = await makeDisk({
      fat: {
        'EFI/BOOT/BOOTX64.EFI': Buffer.concat([Buffer.from('MZ'), noise(200)]),
        'uboot.env': noise(4096),
        grubenv: noise(1024),
        'syslinux.cfg': `append root=UUID=${noise(900)}`,
      },
      ext: {
        'etc/fstab': noise(3000),
        'boot/grub/grub.cfg': `linux root=/dev/sda\x1b[2J${noise(50)}`,
        'etc/rauc/system.conf': noise(2000),
        'etc/fw_env.config': noise(500),
      },
    });
    await put(made.disk, 0, Buffer.concat([noise(510), Buffer.from([0x55, 0xaa])]));
    const { loaders, findings } = await recognise(made);
    t.ok(findings.every(({ evidence }) => evidence.length <= 300 && !/\p{Cc}/u.test(evidence)));
    t.notMatch(
      loaders.map(({ where, facts }) => [where, ...facts.keys(), ...facts.values()].join('')).join(''),
      /\p{Cc}/u,
    );
  }
});
