import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { benchMachine, benchReadyText } from '../../../vm/fixtures/bench-machine.ts';
import type { Machine, MachineSpec, RunningMachine } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { parsePlannedFault } from '../fault-plan.ts';
import type { Injection } from '../injection.ts';
import { KeptStarts } from './kept-starts.ts';
import { StartBranching } from './start-branching.ts';

const firstContent = 'D'.repeat(1024 * 1024);

/** The same machine each time, in a place of its own: a disk that keeps what is written, a card, a display. */
async function unit(t: Test, content = firstContent, more: Partial<MachineSpec> = {}) {
  const place = await mkdtemp(join(tmpdir(), 'assay-branching-'));
  const path = join(place, 'data.raw');
  await writeFile(path, content);
  const { machine, remove } = await benchMachine({
    ...{ name: 'alpha', serialPorts: ['lcd'] },
    nics: [{ mac: '52:54:00:aa:bb:cc', forwardTcpPorts: [80] }],
    disks: [{ name: 'data', path, writes: 'kept' }],
    ...more,
  });
  t.teardown(async () => {
    await machine[Symbol.asyncDispose]();
    await remove();
    await rm(place, { recursive: true });
  });
  return { machine, path };
}

/** A drill of this machine, with what its report says. */
function drillOf(
  machine: Machine,
  starts: KeptStarts,
  { fault = 'bits-flipped at power-on:2', name = 'one' } = {},
) {
  const notes: string[] = [];
  const bench = { signal: new AbortController().signal, note: (text: string) => notes.push(text) };
  const planned = parsePlannedFault(fault);
  const injection = { planned, text: fault, hasFired: false, subject: { machine } } as unknown as Injection;
  const branching = new StartBranching(bench as unknown as Bench, { starts, drill: name }, [injection]);
  return { notes, toReady: <Result>(start: () => Promise<Result>) => branching.toReady(machine, start) };
}

/** The first start: what is ready is in memory and on the disk. */
async function setUp(machine: Machine): Promise<RunningMachine> {
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  await running.console.run(
    'mkdir -p /www; echo page >/www/page; printf KEPT | dd of=/dev/vda conv=notrunc,fsync',
  );
  await running.console.run(
    'ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up; busybox httpd -h /www; echo LCD 42 >/dev/ttyS1',
  );
  // Drawn when it is read for the first time.
  await running.console.run('cat /proc/sys/kernel/random/boot_id; echo "it is re""ady" >/dev/console');
  return running;
}

const bootId = async ({ console }: RunningMachine) =>
  (await console.run('cat /proc/sys/kernel/random/boot_id')).output;

t.test('what one drill has started, another one goes on from', async (t) => {
  await using starts = new KeptStarts();
  const first = await unit(t);
  const made = drillOf(first.machine, starts);
  const original = await made.toReady(() => setUp(first.machine));
  t.match(made.notes, [/^alpha is kept as a checkpoint.*256 MiB of memory, and its disks/]);
  const id = await bootId(original);
  t.ok(original.isOn, 'it has gone on');
  await original.console.run('printf GONE | dd of=/dev/vda conv=notrunc,fsync; echo gone >/www/page');

  const second = await unit(t);
  const taken = drillOf(second.machine, starts, { fault: 'reset at console:/later/', name: 'two' });
  const running = await taken.toReady(async () => {
    const going = await second.machine.powerOn();
    await going.console.expect('it is ready');
    return going;
  });
  t.match(taken.notes, [
    /first start of alpha is taken from a checkpoint, not made: one had the same machine/,
  ]);
  t.equal(await bootId(running), id, 'the same memory');
  t.match(await running.request('/page'), { status: 200, text: 'page\n' }, 'through its own card');
  t.match(await running.serialPort('lcd').expect(/LCD (\d+)/), { groups: ['42'] });
  t.equal((await readFile(second.path, 'latin1')).slice(0, 5), 'KEPTD', 'the disk of then, in its own place');
  t.equal((await readFile(first.path, 'latin1')).slice(0, 5), 'GONED', 'and nobody else’s');
  t.match(await readFile(join(second.machine.folder, 'console.log'), 'utf8'), /ASSAY BENCH UP.*it is ready/s);

  await running.cut();
  const again = await second.machine.powerOn();
  await again.console.expect(benchReadyText);
  t.not(await bootId(again), id, 'its second start is one');
  await again.cut();

  await t.test(
    'not where the disks hold something else, or a fault comes at a line on the way',
    async (t) => {
      const others = [
        await unit(t, 'E'.repeat(1024 * 1024)),
        await unit(t, firstContent, { memoryMiB: 300 }),
        await unit(t),
      ];
      const faults = [
        'bits-flipped at power-on:2',
        'bits-flipped at power-on:2',
        'reset at console:/BENCH UP/',
      ];
      for (const [index, { machine, path }] of others.entries()) {
        const copy = `${path}.before`;
        await copyFile(path, copy);
        const drill = drillOf(machine, starts, { fault: faults[index]! });
        t.equal(await drill.toReady(async () => 'really made'), 'really made');
        t.strictSame(drill.notes, []);
        t.ok((await readFile(path)).equals(await readFile(copy)));
      }
    },
  );
});

t.test('only what comes after the first start, in a machine that can be copied', async (t) => {
  await using starts = new KeptStarts();
  const asked: string[] = [];
  starts.find = (key) => {
    asked.push(key);
    return undefined;
  };
  const plain = await unit(t);
  const isAsked = async (machine: Machine, fault: string) => {
    asked.length = 0;
    await drillOf(machine, starts, { fault }).toReady(async () => undefined);
    return asked.length > 0;
  };
  t.ok(await isAsked(plain.machine, 'bits-flipped at power-on:2'));
  const early = [
    'bits-flipped at power-on:1',
    'reset at time:5s',
    'disk-slow at write:3@data',
    'reset at step:/x/',
  ];
  for (const fault of [...early, 'clock-wrong at power-on:2'])
    t.notOk(await isAsked(plain.machine, fault), fault);
  const disk = { name: 'data', path: plain.path, writes: 'kept' as const };
  const unfit: Partial<MachineSpec>[] = [
    { disks: [{ ...disk, intercepted: true }] },
    { disks: [{ ...disk, writes: 'discarded' }] },
    { disks: [{ ...disk, controller: 'nvme' }] },
    { cdPath: plain.path },
    { virtualTime: true },
    { firmware: 'uefi' },
    { nics: [{ mac: '52:54:00:aa:bb:cc', network: 'lab' }] },
  ];
  for (const more of unfit) {
    const { machine } = await unit(t, firstContent, more);
    t.notOk(await isAsked(machine, 'bits-flipped at power-on:2'), JSON.stringify(more));
  }
  plain.machine.context.record = true;
  t.notOk(
    await isAsked(plain.machine, 'bits-flipped at power-on:2'),
    'what is recorded is recorded from power-on',
  );
});
