import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createMachine, type Machine, type MachineSpec } from '../../../vm/index.ts';
import { sha256Of } from '../../witness/fixtures/small-disk.ts';
import { inspectDisk } from '../../witness/index.ts';
import type { InjectedFault } from '../fault-declaration.ts';
import { DrilledDisk, layout, systemId } from './fixtures/drilled-disk.ts';

const disk = await DrilledDisk.make(t);

const mac = '52:54:00:00:00:01';

/** A machine that is off, with a copy of the disk, two others, and two network cards. */
async function machineOff(t: Test): Promise<{ machine: Machine; path: string }> {
  const folder = await mkdtemp('/tmp/hardware-');
  const [path, data, third] = [await disk.copy(), await disk.copy(), await disk.copy()];
  const spec: MachineSpec = {
    name: 'alpha',
    disks: [
      { name: 'system', path, writes: 'kept', serial: 'SYSTEM-1' },
      { name: 'data', path: data, writes: 'kept' },
      { name: 'third', path: third, writes: 'kept' },
    ],
    nics: [{ mac }, { mac: '52:54:00:00:00:02' }],
    smbios: { boardSerial: 'B1', product: 'P1' },
    bootOrder: ['system', 'data'],
  };
  const machine = await createMachine(spec, {
    workFolder: folder,
    runtimeFolder: folder,
    accelerator: 'tcg',
  });
  t.teardown(async () => {
    await machine[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return { machine, path };
}

const portsOf = ({ hardware }: Machine) =>
  Object.fromEntries(hardware.disks.map(({ name, port }, index) => [name, port ?? index]));

t.test('a part that was replaced stays, and the others are what they were', async (t) => {
  const { machine } = await machineOff(t);
  const inject = async (text: string) => (await disk.inject(text, { machine })).injected;
  t.match(
    (await inject('nic-replaced card=1')).proof(),
    /^52:54:00:00:00:02 before, 52:54:00:fa:17:01 after$/,
  );
  t.same(
    machine.hardware.nics.map((nic) => nic.mac),
    [mac, '52:54:00:fa:17:01'],
  );
  t.match((await inject('board-replaced')).proof(), /^B1, none before, ASSAY-SPARE-0001, 5f0c8d2e.* after$/);
  t.match(machine.hardware.smbios, { boardSerial: 'ASSAY-SPARE-0001', product: 'P1' });
  t.match((await inject('less-memory')).proof(), '512 MiB before, 384 MiB after');
  t.equal(machine.hardware.memoryMiB, 384);
  t.match((await inject('clock-wrong')).proof(), 'utc before, 1999-12-31T23:59:30 after');
  t.equal(machine.hardware.clock, '1999-12-31T23:59:30');
});

t.test('what is replaced by the same has no proof, and what is not there is refused', async (t) => {
  const { machine } = await machineOff(t);
  const inject = async (text: string) => (await disk.inject(text, { machine })).injected;
  t.equal((await inject(`nic-replaced mac=${mac}`)).proof(), undefined);
  t.equal((await inject('clock-wrong clock=utc')).proof(), undefined);
  const refused = { code: 'DRILLS_NOT_APPLICABLE', blame: 'usage' };
  await t.rejects(inject('nic-replaced card=2'), refused);
  await t.rejects(inject('nic-removed card=2'), refused);
  await t.rejects(inject('less-memory memoryMiB=512'), refused, 'that would not be less');
  await t.rejects(inject('disks-swapped with=fourth'), refused);
  await t.rejects(inject('disks-swapped with=system'), refused);
  for (const text of [
    'server-gone',
    'server-slow',
    'server-answers-wrong',
    'link-lost card=3',
    'network-lossy card=3',
  ]) {
    await t.rejects(inject(text), refused, text);
  }
  await t.rejects(inject('clock-wrong clock=utc serial=3'), { code: 'FOUNDATION_CONFIG_INVALID' });
});

t.test('what is pulled out or swapped is put back when the faults are stopped', async (t) => {
  const { machine } = await machineOff(t);
  const declared = structuredClone({ ports: portsOf(machine), nics: machine.hardware.nics });
  const isAsDeclared = () => t.same({ ports: portsOf(machine), nics: machine.hardware.nics }, declared);
  const under = async (text: string, look: (injected: InjectedFault) => void) => {
    const { injected } = await disk.inject(text, { machine });
    look(injected);
    await injected.stop!();
    isAsDeclared();
  };
  await under('disk-removed', ({ proof }) => {
    t.same(portsOf(machine), { data: 1, third: 2 }, 'the others stay at their ports');
    t.same(machine.hardware.bootOrder, ['data']);
    t.equal(proof(), 'disks system, data, third before, disks data, third after');
  });
  await under('disks-swapped with=third', ({ proof }) => {
    t.same(portsOf(machine), { system: 2, data: 1, third: 0 });
    t.match(proof(), /before, system at port 2, data at port 1, third at port 0 after$/);
  });
  await under('nic-removed', ({ proof }) => {
    t.same(
      machine.hardware.nics.map(({ mac, isPlugged }) => [mac, isPlugged]),
      [
        [mac, false],
        ['52:54:00:00:00:02', true],
      ],
    );
    t.match(proof(), /, slot 1 52:54:00:00:00:02 before, slot 0 empty, slot 1 52:54:00:00:00:02 after$/);
  });
  await disk.inject('nic-removed', { machine });
  await t.rejects(
    disk.inject('nic-replaced', { machine }),
    { code: 'DRILLS_NOT_APPLICABLE' },
    'an empty slot',
  );

  const { injected } = await disk.inject('disk-removed back=false', { machine });
  t.equal(injected.stop, undefined);
});

t.test('another disk is in the place of one, until the faults are stopped', async (t) => {
  const { machine, path } = await machineOff(t);
  const original = await sha256Of(path);
  const size = (await stat(path)).size;
  const under = async (text: string, look: (injected: InjectedFault) => Promise<void>) => {
    const { injected } = await disk.inject(text, { machine, path });
    t.not(machine.hardware.disks[0]!.serial, 'SYSTEM-1');
    t.equal(machine.hardware.disks[1]!.serial, undefined);
    await look(injected);
    await injected.stop!();
    await injected.stop!();
    t.equal(await sha256Of(path), original, 'its own disk is there again');
    t.equal(machine.hardware.disks[0]!.serial, 'SYSTEM-1');
    t.same(
      (await readdir(join(path, '..'))).filter((name) => /pulled-out|coming/.test(name)),
      [],
    );
  };
  await under('disk-replaced', async ({ proof }) => {
    t.equal((await stat(path)).size, size / 2);
    await using blank = await inspectDisk(path);
    t.ok(await blank.isZero());
    t.match(proof(), /^48 MiB .* before, 24 MiB .* after$/);
  });
  await under('disk-replaced percent=100', async () => {
    t.equal((await stat(path)).size, size);
  });
  await under('disk-of-another-machine', async () => {
    const { sectorsByPlace } = await disk.differences(path);
    t.same(sectorsByPlace, { 'record signature, copy 1': 1, 'record signature, copy 2': 1 });
    await using other = await inspectDisk(path, { layout });
    const { signature } = await other.records();
    t.match(signature, { state: 'valid', copiesAgree: true });
    const value = signature!.value as { systemId: string; evidence: string[] };
    t.match(value.systemId, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    t.not(value.systemId, systemId);
    t.match(value.evidence, [/^nic:[0-9a-f]{16}$/, /^board-serial:[0-9a-f]{16}$/]);
  });
  const image = (await disk.inject('sectors-damaged count=1')).path;
  await under(`disk-of-another-machine image=${image}`, async () => {
    t.equal(await sha256Of(path), await sha256Of(image));
  });
});

t.test('where a disk has no identity, the other one is the disk of a PC', async (t) => {
  const { machine, path } = await machineOff(t);
  const { injected } = await disk.inject('disk-of-another-machine', { machine, path, without: 'layout' });
  t.match(injected.what, /^the disk of a PC is in the place of disk system$/);
  await using other = await inspectDisk(path);
  const { partitions } = await other.partitionTable();
  t.equal(partitions.length, 1);
  const first = await sha256Of(path);
  const again = await machineOff(t);
  await disk.inject('disk-of-another-machine', { ...again, without: 'layout' });
  t.equal(await sha256Of(again.path), first, 'the same seed, the same disk');
});

t.test('a disk that is the same is no other one', async (t) => {
  const { machine, path } = await machineOff(t);
  const before = await sha256Of(path);
  await t.rejects(disk.inject(`disk-of-another-machine image=${await disk.copy()}`, { machine, path }), {
    code: 'DRILLS_FAULT_WITHOUT_EFFECT',
    blame: 'harness',
  });
  t.equal(await sha256Of(path), before);
});
