import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { benchReadyText } from '../../vm/fixtures/bench-machine.ts';
import type { RunningMachine } from '../../vm/index.ts';
import { harnessErrors } from '../errors.ts';
import { StateBooter } from './boot-state.ts';
import { exploreStates } from './explore-states.ts';
import { machineBench } from './fixtures/machine-bench.ts';
import { ForkNames } from './fork-judging.ts';
import { forkRows } from './fork-report.ts';
import { OtherDisks } from './other-disks.ts';
import type { Recording } from './recording.ts';
import { StateTrials } from './state-trials.ts';
import { SyntheticLog } from './synthetic-log.ts';
import { readWriteHistory } from './write-history.ts';

const diskSectors = 8192;
const stateSector = 4096;

/** What a machine that has found a text on its disk makes of it, in a fork and in a full boot. */
type Product = (text: string, how: 'fork' | 'full') => boolean;

/**
 * A machine whose disk got five versions of one sector, `0001` to `0005`, each flushed, and then something in sector 1, where
 * the kernel looks for a partition table. With the version of each state tells which machine has found it.
 */
async function trials(t: Test, isBack: Product) {
  const { bench, folder } = await machineBench(t);
  const [basePath, logPath, path] = ['base', 'log', 'data'].map((name) => join(folder, name));
  await writeFile(basePath!, '0000'.repeat(diskSectors * 128));
  await writeFile(path!, '');
  const log = new SyntheticLog();
  const sector = (text: string) => Buffer.from(text.repeat(128));
  for (let version = 1; version <= 5; version += 1) log.write(stateSector, sector(`000${version}`)).flush();
  await writeFile(logPath!, log.write(1, sector('LOOK')).toBuffer());
  const history = await readWriteHistory(basePath!, logPath!);

  const found: string[] = [];
  const look = async ({ console }: RunningMachine, how: 'fork' | 'full') => {
    const read = `dd if=/dev/vda bs=512 skip=${stateSector} count=1 2>/dev/null | head -c 4`;
    const { output } = await console.run(read);
    found.push(`${output} ${how}`);
    if (!isBack(output, how)) throw harnessErrors.HARNESS_CHECK_FAILED({ tried: 'come back', got: output });
  };
  const machine = await bench.machine({
    name: 'alpha',
    disks: [{ name: 'data', path: path!, writes: 'kept' }],
  });
  const subject = {
    machine,
    becomesWell: async () => {
      const running = await machine.powerOn();
      await running.console.expect(benchReadyText);
      await look(running, 'full');
    },
    exploration: {
      forks: {
        before: new RegExp(benchReadyText),
        comesBack: ({ running }: { running: RunningMachine }) => look(running, 'fork'),
      },
    },
  };
  const recording: Recording = {
    ...{ version: 1, scenario: 's', machine: 'alpha', disk: 'data', powerOn: 1 },
    disks: [{ name: 'data', basePath: basePath!, logPath: logPath! }],
    ...{ fromBytes: 0, toBytes: 1, acknowledgements: [], sightings: [] },
  };
  const booter = new StateBooter(bench, subject, 60_000, new Set());
  const place = {
    ...{ bench, subject, booter, recording, recordingPath: folder, wellWithinMs: 60_000 },
    ...{ forkNames: new ForkNames('alpha'), commandFor: (state: string) => `again ${state}` },
  };
  const others = await OtherDisks.read(recording, history);
  const exploration = exploreStates(history, { uniformDraws: 0, maxSingleLosses: 0 });
  const order = Array.from({ length: exploration.distinctCount }, (_, number) => number);
  const tried = new StateTrials({ place, history, others, title: 'disk data' });
  const tryStates = async (limits: { boots: number; forks?: boolean }) => {
    await tried.tryStates(exploration, order, { endMs: Number.POSITIVE_INFINITY, ...limits });
    return tried.findings;
  };
  return { tryStates, found, count: order.length };
}

t.test('states are judged in forks but where the machine had read what differs', async (t) => {
  const { tryStates, found, count } = await trials(t, () => true);
  t.equal(count, 7, 'the image, five versions, and the last one with sector 1');
  const { booted, forks, failureCount, trouble } = await tryStates({ boots: Number.POSITIVE_INFINITY });
  t.equal(trouble, undefined);
  t.strictSame([...booted.values()], Array(7).fill(null));
  t.equal(failureCount, 0);
  const versions = ['0000', '0001', '0002', '0003', '0004', '0005'];
  t.strictSame(found.toSorted(), [...versions.map((version) => `${version} fork`), '0005 full'].toSorted());
  t.match(forks, {
    ...{ judged: 6, cameBack: 6, confirmed: 0, disagreements: [] },
    templates: [{ state: '1:lost=0', forks: 6 }],
    inFull: [{ why: 'the templates had read sectors of data that are others here', states: 1 }],
  });
  t.ok(forks!.perMinute > 0);
  const text = forkRows(forks).join('\n');
  t.match(text, /6 states judged in forks of 1 template, \d+\.\d a minute: 6 came back/);
  t.match(text, /1 booted in full: the templates had read/);
});

t.test('what a fork finds wrong is the product only when a full boot finds it, too', async (t) => {
  const { tryStates, found } = await trials(t, (text) => text !== '0001');
  const { booted, failures, forks } = await tryStates({ boots: 6 });
  t.equal(booted.size, 6);
  t.match(failures, [{ why: /HARNESS_CHECK_FAILED/, command: 'again 3:lost=2' }]);
  t.strictSame(
    found.filter((line) => line.includes('full')),
    ['0001 full'],
  );
  t.match(forks, { judged: 6, cameBack: 5, confirmed: 1, disagreements: [] });
});

t.test('a fork that a full boot contradicts is no pass and no failure, and the last one', async (t) => {
  const { tryStates, found } = await trials(t, (text, how) => how === 'full' || text !== '0000');
  const { failures, forks } = await tryStates({ boots: 6 });
  t.strictSame(failures, []);
  t.match(forks, {
    confirmed: 1,
    disagreements: [{ state: '1:lost=0', why: /HARNESS_CHECK_FAILED/, command: 'again 1:lost=0' }],
    inFull: [{ why: 'a full boot had said something else than a fork' }],
  });
  t.ok(found.includes('0000 full'));
  t.match(forkRows(forks).join('\n'), /DISAGREES,1:lost=0: back after a full boot, and not as a fork/);
});

t.test('without forks every state is booted in full', async (t) => {
  const { tryStates, found } = await trials(t, () => true);
  const { forks } = await tryStates({ boots: 1, forks: false });
  t.strictSame(found, ['0000 full']);
  t.equal(forks, undefined);
});
