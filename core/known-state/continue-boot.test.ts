import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { nextStartSector, nextStartSectorBytes } from '../boot-loader/next-start.ts';
import { encodeRecord } from '../records/index.ts';
import { type DiskFaults, fakeDiskAccess, openFakes } from '../script/steps/fixtures/fake-disk-access.ts';
import { type ChainOptions, continueByChain, continueByKexec, type KexecOptions } from './continue-boot.ts';

/** The end of the machine; nothing returns from it. */
const ended = new Error('the machine has ended');
const recordAt = nextStartSector * 512;

t.test('the chain: the only active partition, the record, and then the restart', async (t) => {
  const disk = bootDisk(1);
  const before = Buffer.from(disk);
  const { writes, options } = chain(t, disk, { partitionNumber: 2, watchdog: 5 });
  let atTheEnd = Buffer.alloc(0);
  options.endMachine = async () => {
    atTheEnd = Buffer.from(disk);
    return await new Promise<never>(() => {});
  };
  const outcome = await Promise.race([continueByChain(options), until(() => atTheEnd.length > 0)]);
  t.equal(outcome, 'reached');
  t.same(activeFlags(atTheEnd), [0, 0x80, 0, 0]);
  const expected = Buffer.from(before);
  expected[446] = 0;
  expected[446 + 16] = 0x80;
  nextStartSectorBytes({ partitionNumber: 2, watchdog: 5 }).copy(expected, recordAt);
  t.ok(atTheEnd.equals(expected), 'not another byte has changed');
  t.same(writes, [0, nextStartSector], 'the flag is on the disk before the record is');
});

t.test('an active flag that is right is not written again', async (t) => {
  const { writes, options } = chain(t, bootDisk(2), { partitionNumber: 2 });
  await t.rejects(continueByChain(options), ended);
  t.notOk(writes.includes(0));
});

t.test('an earlier record, whole or torn, is written over', async (t) => {
  const whole = nextStartSectorBytes({ partitionNumber: 4 });
  for (const length of [512, 100, 5]) {
    const disk = bootDisk(1);
    whole.copy(disk, recordAt, 0, length);
    const { options } = chain(t, disk, { partitionNumber: 1 });
    await t.rejects(continueByChain(options), ended, `${length} bytes`);
  }
});

t.test('an order on another disk is erased, and one that cannot be read is no hindrance', async (t) => {
  const other = bootDisk(1);
  nextStartSectorBytes({ partitionNumber: 1 }).copy(other, recordAt);
  const grub = bootDisk(1);
  grub.fill(0x90, recordAt, recordAt + 512);
  const [own, otherDisk, grubDisk] = [bootDisk(1), other, grub].map((content) => fakeDiskAccess(content));
  const dead = fakeDiskAccess(bootDisk(1), { unreadable: [nextStartSector] });
  const { options } = chain(t, bootDisk(1), {
    otherDiskDevices: ['/dev/vdb', '/dev/vdc', '/dev/vdd', '/dev/vde'],
    openDisk: openFakes({ vda: own!, vdb: otherDisk!, vdc: grubDisk!, vdd: dead }),
  });
  await t.rejects(continueByChain(options), ended);
  t.ok(
    other.subarray(recordAt, recordAt + 512).every((byte) => byte === 0),
    'the order is gone',
  );
  t.same([grubDisk!.writes, dead.writes], [[], []], 'nothing else is written');
});

t.test('what cannot be chained to is refused, and nothing is written', async (t) => {
  const code = 'KNOWN_STATE_CHAIN_IMPOSSIBLE';
  const refused = async (
    name: string,
    disk: Buffer,
    own: Partial<ChainOptions> & { mounts?: string } = {},
  ) => {
    const { writes, options } = chain(t, disk, { partitionNumber: 1, ...own });
    await t.rejects(continueByChain(options), { code }, name);
    t.same(writes, [], name);
  };
  await refused('from a USB disk', bootDisk(1), { mounts: '/dev/sda /medium iso9660 ro 0 0' });
  await refused('with no medium at all', bootDisk(1), { mounts: '/dev/sr0 /mnt iso9660 ro 0 0' });
  await refused('an empty partition entry', bootDisk(1), { partitionNumber: 3 });
  await refused('no master boot record', Buffer.alloc(16_384));
  const grub = bootDisk(1);
  grub.fill(0x90, recordAt, recordAt + 512);
  await refused('another boot loader in the place of the record', grub);
  const appliance = bootDisk(1);
  encodeRecord('boot-control', 1, Buffer.from([1, 0, 3, 0])).copy(appliance, recordAt);
  await refused('a record of another kind', appliance);
  const typeless = bootDisk(1);
  typeless[446 + 4] = 0;
  await refused('an entry without a type', typeless);
  const early = bootDisk(1);
  early.writeUInt32LE(nextStartSector, 446 + 8);
  await refused('a partition over the place of the record', early);
  const { writes, options } = chain(t, bootDisk(1), { partitionNumber: 5 });
  await t.rejects(continueByChain(options), { code: 'CORE_NEXT_START_INVALID' }, 'a logical drive');
  t.same(writes, []);
});

t.test('a disk that does not keep what is written is no reason to restart', async (t) => {
  const code = 'KNOWN_STATE_CHAIN_NOT_WRITTEN';
  let restarts = 0;
  const endMachine = async () => {
    restarts += 1;
    throw ended;
  };
  for (const sector of [0, nextStartSector]) {
    const { options } = chain(t, bootDisk(1), { partitionNumber: 2, endMachine }, { deaf: [sector] });
    await t.rejects(continueByChain(options), { code }, `sector ${sector}`);
  }
  t.equal(restarts, 0);
});

t.test('no record is left when the machine does not end', async (t) => {
  const disk = bootDisk(1);
  const { options } = chain(t, disk, { partitionNumber: 2 });
  await t.rejects(continueByChain(options), ended);
  t.ok(disk.subarray(recordAt, recordAt + 512).every((byte) => byte === 0));
});

t.test('kexec: the kernel of the partition, with its arguments, when all is let go', async (t) => {
  const { folder, done, options } = kexec(t, { watchdog: 7 });
  options.runProgram = async (name, words) => {
    done.push([name, ...words].join(' '));
    if (words[0] === '-e') throw ended;
    return '';
  };
  await t.rejects(continueByKexec(options), ended);
  t.same(done, [
    'mount /dev/vda1 vfat read-only',
    `kexec --load --no-checks ${folder}/vmlinuz --initrd=${folder}/initramfs --command-line=console=ttyS0 assay.root=1`,
    'unmount',
    'sync',
    'kexec -e',
  ]);
  const ports = readFileSync(options.portsPath!);
  t.same([ports.length, ports[0x443], ports.filter((byte) => byte !== 0).length], [0x500, 7, 1]);
});

t.test('a kernel that cannot be started is told, and nothing stays mounted', async (t) => {
  const code = 'KNOWN_STATE_KEXEC_FAILED';
  const none = kexec(t, { configuration: 'LABEL system\n  LINUX /vmlinuz\n' });
  await t.rejects(continueByKexec(none.options), { code, facts: { got: '0 of them' } });
  const two = kexec(t, { configuration: 'APPEND one\nappend two\n' });
  await t.rejects(continueByKexec(two.options), { code, facts: { got: '2 of them' } });
  const missing = kexec(t, { configuration: undefined });
  await t.rejects(continueByKexec(missing.options), { code, facts: { got: /ENOENT/ } });
  for (const { done } of [none, two, missing]) t.same(done.slice(1), ['unmount']);

  const refused = kexec(t, { watchdog: 7 });
  refused.options.runProgram = async () => {
    throw ended;
  };
  await t.rejects(continueByKexec(refused.options), ended);
  t.equal(refused.done.at(-1), 'unmount');
  t.equal(readFileSync(refused.options.portsPath!)[0x443], 0, 'no watchdog runs');
  await t.rejects(continueByKexec(kexec(t, {}).options), { code, facts: { got: 'kexec came back' } });
});

/** Two partitions, of which one is active; all that nobody should touch holds a pattern. */
function bootDisk(active: number): Buffer {
  const disk = Buffer.alloc(16_384, 0xa5);
  disk.fill(0, 446, 510);
  for (const number of [1, 2]) {
    const entry = 446 + (number - 1) * 16;
    disk[entry] = number === active ? 0x80 : 0;
    disk[entry + 4] = 0x0e;
    disk.writeUInt32LE(2048 * number, entry + 8);
    disk.writeUInt32LE(2048, entry + 12);
  }
  disk.writeUInt16LE(0xaa55, 510);
  disk.fill(0, recordAt, recordAt + 512);
  return disk;
}

function activeFlags(disk: Buffer): number[] {
  return [0, 1, 2, 3].map((index) => disk[446 + index * 16]!);
}

function chain(
  t: Test,
  content: Buffer,
  { mounts = '/dev/sr0 /medium iso9660 ro 0 0', ...own }: Partial<ChainOptions> & { mounts?: string },
  faults: DiskFaults = {},
): { writes: number[]; options: ChainOptions } {
  const disk = fakeDiskAccess(content, faults);
  const mountsPath = join(t.testdir({ mounts: `proc /proc proc rw 0 0\n${mounts}\n` }), 'mounts');
  const endMachine = async () => {
    throw ended;
  };
  const options = {
    diskDevice: '/dev/vda',
    partitionNumber: 1,
    openDisk: openFakes({ vda: disk }),
    mountsPath,
  };
  return { writes: disk.writes, options: { ...options, endMachine, ...own } };
}

function kexec(
  t: Test,
  own: { watchdog?: number; configuration?: string | undefined },
): { folder: string; done: string[]; options: KexecOptions } {
  const configuration =
    'DEFAULT system\nLABEL system\n  LINUX /vmlinuz\n  APPEND console=ttyS0 assay.root=1\r\n';
  const text = 'configuration' in own ? own.configuration : configuration;
  const folder = t.testdir({ ports: Buffer.alloc(0x500) });
  if (text !== undefined) writeFileSync(join(folder, 'syslinux.cfg'), text);
  const done: string[] = [];
  const options: KexecOptions = {
    ...{ partitionDevice: '/dev/vda1', portsPath: join(folder, 'ports') },
    ...(own.watchdog === undefined ? {} : { watchdog: own.watchdog }),
    runProgram: async () => '',
    mount: async ({ device, fileSystem, readOnly }) => {
      done.push(`mount ${device} ${fileSystem} ${readOnly ? 'read-only' : 'writable'}`);
      return { folder, unmount: async () => void done.push('unmount') };
    },
  };
  return { folder, done, options };
}

async function until(condition: () => boolean): Promise<'reached'> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  return 'reached';
}
