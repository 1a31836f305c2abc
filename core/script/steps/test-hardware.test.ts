import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type FakeContextOptions, fakeContext } from './fixtures/fake-context.ts';
import { fakeDiskAccess, openFakes } from './fixtures/fake-disk-access.ts';
import { fakeCard, fakeDisk, makeMachine, together } from './fixtures/fake-machine.ts';
import { selfTestOutputs } from './fixtures/self-test-outputs.ts';
import { type DiskAccess, type OpenDisk, openDisk } from './hardware/disk-access.ts';
import type { HardwarePlaces } from './hardware/places.ts';
import { makeTestHardware } from './test-hardware.ts';

const sectors = 8 * 2048;
const code = 'SCRIPT_HARDWARE_FAULTY';

function diskContent(): Buffer {
  return randomBytes(sectors * 512);
}

/** Runs the step with options as they are written. */
async function run(
  places: HardwarePlaces,
  written: object,
  disks: Record<string, DiskAccess> | OpenDisk = {},
  runProgram?: FakeContextOptions['runProgram'],
) {
  const kind = makeTestHardware(places, typeof disks === 'function' ? disks : openFakes(disks));
  const context = fakeContext({ ...(runProgram && { runProgram }) });
  return { context, facts: await kind.run(kind.options.parse(written), context) };
}

function twoDisks(t: Test): HardwarePlaces {
  const system = fakeDisk('vda', sectors, { partitions: [[2048, 4096]] });
  const data = fakeDisk('vdb', sectors, { port: '/pci0/0000:00:11.0' });
  return makeMachine(t.testdir({}), together(system, data));
}

t.test('without options the hardware is only recorded', async (t) => {
  const card = fakeCard('0000:00:03.0', { name: 'eth0', driver: 'e1000' });
  const places = makeMachine(t.testdir({}), {
    ...together(fakeDisk('vda', sectors, { partitions: [[2048, 4096]] }), card),
    meminfo: 'MemTotal:  1000 kB\n',
  });
  const { facts } = await run(places, {});
  t.same(facts, { memoryBytes: 1_024_000, disks: 1, networkCards: 1, withoutDriver: 0 });
  const inventory = JSON.parse(readFileSync(places.inventoryPath, 'utf8'));
  t.match(inventory, {
    memory: { installedBytes: null, usableBytes: 1_024_000 },
    pciDevices: [
      { address: '0000:00:03.0', class: '020000', vendor: '8086', device: '100e', driver: 'e1000' },
    ],
    disks: [{ name: 'vda', sizeBytes: sectors * 512, partitions: [{ name: 'vda1', firstSector: 2048 }] }],
    networkCards: [{ name: 'eth0', driver: 'e1000', macAddress: '52:54:00:00:00:01' }],
    faults: [],
  });
});

t.test(
  'devices without a driver are told and are no fault; a virtio device needs the second one',
  async (t) => {
    const without = fakeCard('0000:00:03.0', {});
    const half = fakeCard('0000:00:04.0', { driver: 'virtio-pci' });
    const whole = fakeCard('0000:00:05.0', { driver: 'virtio-pci' });
    const behind = {
      links: { 'bus/pci/devices/0000:00:05.0/virtio1/driver': 'bus/virtio/drivers/virtio_net' },
    };
    const places = makeMachine(t.testdir({}), together(without, half, whole, behind));
    const { context, facts } = await run(places, {});
    t.match(facts, { withoutDriver: 2 });
    t.same(context.lines, [
      'no driver for network device 0000:00:03.0 (8086:100e)',
      'no driver for network device 0000:00:04.0 (8086:100e)',
    ]);
  },
);

t.test('memory is what the firmware says is plugged in', async (t) => {
  const places = makeMachine(t.testdir({}), { meminfo: 'MemTotal: 200000 kB\n' });
  const device = (size: number) => {
    const structure = Buffer.alloc(0x20 + 2);
    structure.set([17, 0x20]);
    structure.writeUInt16LE(size, 0x0c);
    return structure;
  };
  const other = Buffer.concat([Buffer.from([1, 4, 0, 0]), Buffer.from('QEMU\0pc\0\0')]);
  mkdirSync(join(places.sysFolder, 'firmware/dmi/tables'), { recursive: true });
  const tables = Buffer.concat([other, device(256), device(0), device(0xffff), device(0x8000 | 1024)]);
  writeFileSync(join(places.sysFolder, 'firmware/dmi/tables/DMI'), tables);
  const { facts } = await run(places, { memory: { atLeast: '257MiB' } });
  t.match(facts, { memoryBytes: 257 * 1024 ** 2 });
  await t.rejects(run(places, { memory: { atLeast: '1GiB' } }), {
    code,
    facts: { got: 'memory: 257 MiB, at least 1 GiB expected' },
  });
});

t.test('a driver that is not loaded is a fault', async (t) => {
  const places = makeMachine(t.testdir({}), { files: { 'module/virtio_net/refcnt': '1' } });
  await t.resolves(run(places, { drivers: ['virtio-net'] }));
  await t.rejects(run(places, { drivers: ['virtio-net', 'e1000'] }), {
    code,
    facts: { got: 'driver e1000: not loaded' },
  });
});

t.test('good disks are read and, outside data, written; all is as it was', async (t) => {
  const contents = { vda: diskContent(), vdb: diskContent() };
  const before = { vda: Buffer.from(contents.vda), vdb: Buffer.from(contents.vdb) };
  const disks = { vda: fakeDiskAccess(contents.vda), vdb: fakeDiskAccess(contents.vdb) };
  const { context, facts } = await run(
    twoDisks(t),
    { disks: { atLeast: 2, readWrite: 'outside-data' } },
    disks,
  );
  t.match(facts, { disksTested: 2, disksWritten: 1 });
  t.same(disks.vda.writes, [6 * 2048, 6 * 2048], 'the last MiB but one');
  t.same(disks.vdb.writes, []);
  t.match(context.lines.sort(), [/vda .*put back at sector 12288/, /vdb .*no partitions, and is not blank/]);
  for (const name of ['vda', 'vdb'] as const) t.ok(contents[name].equals(before[name]), name);
});

t.test('faulty disks are all named, with port and sector', async (t) => {
  const disks = {
    vda: fakeDiskAccess(diskContent(), { unreadable: [sectors / 2 + 5] }),
    vdb: fakeDiskAccess(diskContent(), { endsAtSector: 10_000 }),
  };
  const places = twoDisks(t);
  await t.rejects(run(places, { disks: {} }, disks), {
    code,
    message:
      /disk vda \(port \/devices\/pci0\/0000:00:10\.0\): cannot be read at sector 8197: EIO\n.*disk vdb .*: gives nothing at sector 14336 of 16384/,
  });
  t.match(JSON.parse(readFileSync(places.inventoryPath, 'utf8')).faults, [/vda/, /vdb/]);
});

t.test('a disk that does not keep what is written is faulty', async (t) => {
  const content = diskContent();
  const before = Buffer.from(content);
  const disks = { vda: fakeDiskAccess(content, { deaf: [12_290] }) };
  const disksOptions = { names: ['port:/0000:00:10.0/'], readWrite: 'outside-data' };
  await t.rejects(run(twoDisks(t), { disks: disksOptions }, disks), {
    code,
    facts: { got: /does not keep what is written at sector 12290$/ },
  });
  t.ok(content.equals(before), 'what was there was put back');
});

t.test('a disk that cannot be opened is faulty, one that is not there, too', async (t) => {
  const names = ['port:/0000:00:12.0/', 'port:/0000:00:11.0/', { port: '/block/vdb' }];
  await t.rejects(run(twoDisks(t), { disks: { names } }), {
    code,
    facts: {
      got: /^disk port:\/0000:00:12\.0\/: not there\n\s+disk vdb .*: cannot be opened or read: ENXIO$/,
    },
  });
});

t.test('the medium, CDs and sticks are no disks that a machine has to have', async (t) => {
  const parts = together(
    fakeDisk('sda', sectors, { port: '/pci0/usb1/1-1/1-1:1.0', partitions: [[0, 4096]] }),
    fakeDisk('sdb', sectors, { port: '/pci0/usb1/1-2/1-2:1.0' }),
    fakeDisk('sr0', sectors),
    fakeDisk('loop0', sectors),
  );
  const places = makeMachine(t.testdir({}), { ...parts, mounts: '/dev/sda1 /medium iso9660 ro 0 0\n' });
  await t.rejects(run(places, { disks: {} }), { code, facts: { got: 'no disk, at least 1 expected' } });
  const { facts } = await run(
    places,
    { disks: { names: ['port:/usb1/1-2/'] } },
    { sdb: fakeDiskAccess(diskContent()) },
  );
  t.match(facts, { disksTested: 1 });
  await t.rejects(run(places, { disks: { names: ['port:/usb1/1-1/'] } }), {
    code,
    facts: { got: 'disk port:/usb1/1-1/: the medium itself is not tested' },
  });
});

t.test('cards: how many there are, and how far their loopback was tested', async (t) => {
  const good = fakeCard('0000:00:03.0', { name: 'eth0', driver: 'e1000e' });
  const plain = fakeCard('0000:00:05.0', { name: 'eth1', driver: 'virtio_net' });
  const bare = fakeCard('0000:00:04.0', {});
  const places = makeMachine(t.testdir({}), together(good, plain, bare));
  const selfTest = (name: string, words: readonly string[]) =>
    name === 'sh' && words.at(-1) === 'eth0' ? selfTestOutputs.loopbackGood : '';
  const { facts } = await run(places, { networkCards: { atLeast: 2, loopback: true } }, {}, selfTest);
  t.match(facts, { loopback: 'eth0 self-test, eth1 carrier only' });
  t.notMatch((await run(places, { networkCards: {} })).facts, { loopback: String });
  const broken = () => selfTestOutputs.loopbackFails;
  await t.rejects(run(places, { networkCards: { atLeast: 3, loopback: true } }, {}, broken), {
    code,
    facts: {
      got: /^only network card eth0, eth1, at least 3 expected\n\s+network card eth0: .*Loopback test \(offline\) 13\n\s+network card eth1: .* 13\n.*no driver for network device 0000:00:04\.0/,
    },
  });
  const none = makeMachine(t.testdir({}));
  await t.rejects(run(none, { networkCards: {} }), {
    code,
    facts: { got: 'no network card, at least 1 expected' },
  });
});

t.test('misspelt and impossible options are found', async (t) => {
  const { options } = makeTestHardware();
  const wrongs = [
    { disk: {} },
    { memory: { atLeast: 'much' } },
    { disks: { readWrite: true } },
    { disks: { names: [] } },
    { disks: { names: ['only#1'] } },
  ];
  for (const wrong of wrongs) t.notOk(options.safeParse(wrong).success, JSON.stringify(wrong));
});

t.test('a real file, past the page cache', async (t) => {
  const places = twoDisks(t);
  const content = diskContent();
  writeFileSync(join(places.devFolder, 'vda'), content);
  const { facts } = await run(
    places,
    { disks: { names: ['port:/0000:00:10.0/'], readWrite: 'outside-data' } },
    openDisk,
  );
  t.match(facts, { disksTested: 1, disksWritten: 1 });
  t.ok(Number(facts!.readBytes) > 3 * 1024 ** 2);
  t.ok(readFileSync(join(places.devFolder, 'vda')).equals(content), 'all is as it was');
});
