import { join } from 'node:path';
import t from 'tap';
import { type FileDisk, makeFileMachine, mebibyte } from './fixtures/file-disks.ts';
import {
  diskTargetSchema,
  findMediumDisk,
  partitionTargetSchema,
  resolveTarget,
  targetSchema,
} from './targets.ts';

const system: FileDisk = {
  name: 'vda',
  sizeBytes: 8 * mebibyte,
  port: '/pci0000:00/0000:00:10.0',
  serial: 'ALPHA',
  partitions: [[2048, 4096]],
};
const data: FileDisk = { name: 'vdb', sizeBytes: 16 * mebibyte, port: '/pci0000:00/0000:00:11.0' };
const stick: FileDisk = {
  name: 'sda',
  sizeBytes: 32 * mebibyte,
  port: '/pci0/usb2/2-1/2-1:1.0/host1',
  serial: 'STICK',
};
const card: FileDisk = { name: 'sdb', sizeBytes: 64 * mebibyte, port: '/pci0/card', removable: true };
const cd: FileDisk = { name: 'sr0', sizeBytes: 128 * mebibyte, port: '/pci0/ata2' };

/** The names of the disks that are found for each of these targets. */
function resolver(t: Parameters<typeof makeFileMachine>[0], disks: readonly FileDisk[], mounts = '') {
  const { machine, context } = makeFileMachine(t, disks, { mounts });
  return (written: unknown) => resolveTarget(targetSchema.parse(written), machine.places, context);
}

t.test('every way of writing a target', async (t) => {
  for (const [written, target] of [
    ['only', { by: 'rank', value: 'only' }],
    ['largest#3', { by: 'rank', value: 'largest', partition: 3 }],
    ['port:/0000:00:10.0/#12', { by: 'port', value: '/0000:00:10.0/', partition: 12 }],
    ['serial:AB#C', { by: 'serial', value: 'AB#C' }],
    [
      { port: '/x/', partition: 1 },
      { by: 'port', value: '/x/', partition: 1 },
    ],
    [{ disk: 'only' }, { by: 'rank', value: 'only' }],
    [{ serial: 'A' }, { by: 'serial', value: 'A' }],
  ] as const) {
    t.same(targetSchema.parse(written), target, JSON.stringify(written));
  }
  for (const wrong of [
    '',
    'first',
    'only#0',
    '/dev/sda',
    'port:',
    { disk: 'sda' },
    { port: '/x/', serial: 'A' },
    {},
    3,
  ]) {
    const { error } = targetSchema.safeParse(wrong);
    t.match(error?.issues[0]?.message, /only, largest, port:PATH/, JSON.stringify(wrong));
  }
  t.notOk(diskTargetSchema.safeParse('only#1').success);
  t.notOk(partitionTargetSchema.safeParse('only').success);
});

t.test('a disk by its port, serial number, or as the only or largest', async (t) => {
  const find = resolver(t, [system, data, stick, card, cd]);
  t.equal(find('port:/0000:00:11.0/').name, 'vdb');
  t.equal(find('serial:ALPHA').name, 'vda');
  t.equal(find('serial:STICK').name, 'sda');
  t.equal(find('largest').name, 'vdb', 'nothing that can be taken out');
  const part = find('serial:ALPHA#1');
  t.match(part, { name: 'vda1', sizeBytes: 2 * mebibyte, isPartition: true });
  t.equal(find('port:/usb2/2-1/').name, 'sda', 'a USB disk by a port that says so');
  const alone = resolver(t, [data, stick, card, cd]);
  t.match(alone('only'), { name: 'vdb', sizeBytes: 16 * mebibyte, isPartition: false });
});

t.test('no disk, no partition, or several: the error lists what is there', async (t) => {
  const find = resolver(t, [system, { ...data, sizeBytes: system.sizeBytes }, stick]);
  t.throws(() => find('only'), {
    code: 'SCRIPT_TARGET_AMBIGUOUS',
    message: /sda \(32 MiB, port .*usb2.*serial STICK, removable\), vda \(.*serial ALPHA.*, vdb/,
  });
  t.throws(() => find('largest'), { code: 'SCRIPT_TARGET_AMBIGUOUS' }, 'of the same size');
  t.throws(
    () => find('port:/2-1/'),
    { code: 'SCRIPT_TARGET_NOT_FOUND' },
    'USB, and the port does not say so',
  );
  t.throws(() => find('serial:alpha'), { code: 'SCRIPT_TARGET_NOT_FOUND' });
  t.throws(() => find('serial:ALPHA#2'), { code: 'SCRIPT_TARGET_NOT_FOUND', message: /vda2.*vda1/s });
  t.throws(() => resolver(t, [cd])('only'), { code: 'SCRIPT_TARGET_NOT_FOUND', message: /no disk at all/ });
});

t.test('the disk that the medium is on is neither only nor largest', async (t) => {
  const { machine, context, folder } = makeFileMachine(t, [system, data], {
    mounts: `/dev/vdb / ext4 rw 0 0\n`,
  });
  t.equal(findMediumDisk(machine.places, context), 'vdb');
  t.equal(resolveTarget(targetSchema.parse('only'), machine.places, context).name, 'vda');
  const mounts = `/dev/vdb / ext4 rw 0 0\n/dev/vda1 ${join(folder, 'medium')} iso9660 ro 0 0\n`;
  const nearer = makeFileMachine(t, [system, data], { mounts });
  t.equal(findMediumDisk(nearer.machine.places, nearer.context), 'vda', 'the innermost mount counts');
});

t.test('serial numbers of SCSI, NVMe and cards', async (t) => {
  const page = '\u0000\u0080\u0000\u0008  WD-1234';
  const find = resolver(t, [
    { ...system, serial: undefined as never, files: { 'device/vpd_pg80': page } },
    { ...data, files: { 'device/serial': 'NV-1  \n' } },
  ]);
  t.equal(find('serial:WD-1234').name, 'vda');
  t.equal(find('serial:NV-1').name, 'vdb');
});
