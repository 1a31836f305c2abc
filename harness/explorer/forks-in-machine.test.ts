import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { benchReadyText } from '../../vm/fixtures/bench-machine.ts';
import type { RunningMachine } from '../../vm/index.ts';
import { harnessErrors } from '../errors.ts';
import { StateBooter } from './boot-state.ts';
import type { CrashState } from './crash-state.ts';
import { machineBench } from './fixtures/machine-bench.ts';
import { ForkTemplate } from './fork-template.ts';
import { SyntheticLog } from './synthetic-log.ts';
import { readWriteHistory, type WriteHistory } from './write-history.ts';

const diskSectors = 8192;
/** The kernel looks at the first page of a disk by itself, for a partition table, and never at these. */
const [stateSector, guestSector] = [4096, 4200];
const sector = (text: string) => Buffer.from(text.repeat(512 / text.length));

/** A disk full of `BASE`, and the states that two writes leave: `1111` far behind, then `2222` where the kernel looks. */
async function historyOf(folder: string, name: string): Promise<WriteHistory> {
  const [basePath, logPath] = [join(folder, `${name}-base.raw`), join(folder, `${name}.log`)];
  await writeFile(basePath, 'BASE'.repeat(diskSectors * 128));
  const log = new SyntheticLog().write(stateSector, sector('1111')).write(1, sector('2222'));
  await writeFile(logPath, log.toBuffer());
  return await readWriteHistory(basePath, logPath);
}

/** What lies at the beginnings of these sectors, as the guest reads it. */
async function shown(
  { console }: RunningMachine,
  device: string,
  sectors: readonly number[],
): Promise<string> {
  const read = sectors.map(
    (first) => `dd if=/dev/${device} bs=512 skip=${first} count=1 2>/dev/null | head -c 4; echo -n ' '`,
  );
  return (await console.run(read.join('; '))).output.trim();
}

const base: CrashState = { point: 0, dropped: [] };
const written: CrashState = { point: 1, dropped: [] };

t.test('a machine is switched on with the state, and not with the image at the power-on', async (t) => {
  const { bench, folder } = await machineBench(t);
  const [kept, discarded] = [await historyOf(folder, 'kept'), await historyOf(folder, 'discarded')];
  const [keptPath, discardedPath] = [join(folder, 'kept.raw'), join(folder, 'discarded.raw')];
  for (const path of [keptPath, discardedPath]) await writeFile(path, 'MINE'.repeat(diskSectors * 128));
  const machine = await bench.machine({
    name: 'alpha',
    disks: [
      { name: 'kept', path: keptPath, writes: 'kept' },
      { name: 'discarded', path: discardedPath },
    ],
  });
  const seen: string[] = [];
  const comesBack = async (acknowledged: readonly string[]) => {
    const running = await machine.powerOn();
    await running.console.expect(benchReadyText);
    const disks = [
      await shown(running, 'vda', [1, stateSector]),
      await shown(running, 'vdb', [1, stateSector]),
    ];
    seen.push([...acknowledged, ...disks].join(' | '));
    if (disks[0]?.endsWith('1111'))
      throw harnessErrors.HARNESS_CHECK_FAILED({ tried: 'come back', got: 'no' });
  };
  const subject = { machine, becomesWell: async () => undefined, exploration: { comesBack } };
  const booter = new StateBooter(bench, subject, 60_000, new Set());
  const boot = (state: CrashState, other: CrashState) =>
    booter.boot(
      'it comes back',
      { name: 'kept', history: kept, state },
      [{ name: 'discarded', basePath: discarded.basePath, history: discarded, state: other }],
      ['promised'],
    );
  t.match(await boot(written, { point: 2, dropped: [] }), /HARNESS_CHECK_FAILED/);
  t.equal(await boot(base, { point: 2, dropped: [0] }), null);
  t.strictSame(seen, ['promised | BASE 1111 | 2222 1111', 'promised | BASE BASE | 2222 BASE']);
  t.notOk(machine.isOn);
});

t.test('a fork has the disk of its state, and what the machine has written by itself', async (t) => {
  const { bench, folder } = await machineBench(t, (machine) =>
    machine.accompany({ beforeFirstInstruction: async ({ console }) => void writes(console) }),
  );
  const history = await historyOf(folder, 'data');
  const path = join(folder, 'data.raw');
  await writeFile(path, 'MINE'.repeat(diskSectors * 128));
  const machine = await bench.machine({ name: 'alpha', disks: [{ name: 'data', path, writes: 'kept' }] });
  const seen: string[] = [];
  const forks = {
    before: /NEXT/,
    comesBack: async ({ running }: { running: RunningMachine }, acknowledged: readonly string[]) => {
      const found = await shown(running, 'vda', [stateSector, guestSector]);
      seen.push([...acknowledged, found].join(' | '));
      if (found.startsWith('1111'))
        throw harnessErrors.HARNESS_CHECK_FAILED({ tried: 'come back', got: 'no' });
    },
  };
  const place = { bench, subject: { machine, becomesWell: async () => undefined }, forks, withinMs: 20_000 };
  const disks = (state: CrashState) => [{ name: 'data', basePath: history.basePath, history, state }];
  await using template = await ForkTemplate.make('template', disks(base), place);

  t.ok(template.standsFor(disks(base)));
  t.ok(template.standsFor(disks(written)), 'what the machine has not read may be anything');
  const readOtherwise = disks({ point: 2, dropped: [] });
  t.notOk(template.standsFor(readOtherwise), 'what the kernel has looked at may not');
  t.strictSame(template.disksReadOtherwise(readOtherwise), ['data']);

  const judge = (name: string, state: CrashState) =>
    template.judge({ name, sentence: 'it comes back', disks: disks(state), acknowledged: [name] });
  const [ofBase, ofWritten] = await Promise.all([judge('fork-1', base), judge('fork-2', written)]);
  t.equal(ofBase, null);
  t.match(ofWritten, /HARNESS_CHECK_FAILED/);
  t.strictSame(seen.toSorted(), ['fork-1 | BASE GUES', 'fork-2 | 1111 GUES']);
  t.equal(template.forks, 2);
});

/**
 * The template, as a product would, writes before its line; the line is joined by the guest, so that typing says nothing. It
 * comes by itself a little later, for a wait that runs a command takes what is printed meanwhile.
 */
async function writes(console: RunningMachine['console']): Promise<void> {
  await console.expect(benchReadyText);
  const write = `printf GUES | dd of=/dev/vda bs=512 seek=${guestSector} conv=notrunc,fsync 2>/dev/null`;
  const forget = 'echo 3 >/proc/sys/vm/drop_caches';
  await console.run(`(sleep 2; ${write}; ${forget}; echo NE''XT) >/dev/console 2>&1 &`);
}
