import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { benchMachine, benchReadyText } from '../../vm/fixtures/bench-machine.ts';
import type { RunningMachine } from '../../vm/index.ts';
import type { Acknowledgement } from './acknowledgements.ts';
import { exploreStates } from './explore-states.ts';
import { fileSystemsJudge } from './fast-witnesses.ts';
import { type Judge, judgeStates } from './judge-states.ts';
import { wholeDiskNumber } from './judged-disk.ts';
import { StateDisk } from './state-disk.ts';
import { readWriteHistory } from './write-history.ts';

const versionCount = 2;

/** What the guest writes as a version, and what it does so that it stays: with and without the last step. */
const write = (version: number) =>
  `yes 'version ${version}' | head -c 16384 >new && sync new && mv new current`;
const contentOf = (version: number) => `version ${version}\n`.repeat(2000).slice(0, 16384);

/** Replaces a file again and again; after each time the guest has promised the new version. */
async function replaceVersions(
  { console, ...running }: { console: RunningMachine['console']; position: () => Promise<number> },
  device: string,
  lastStep: string,
): Promise<Acknowledgement[]> {
  await console.run(`echo 2 >/sys/block/${device}/queue/nomerges`);
  await console.run(
    `mkdir -p /tmp/${device} && mount -t ext4 /dev/${device} /tmp/${device} && cd /tmp/${device}`,
  );
  const acknowledgements: Acknowledgement[] = [];
  for (let version = 1; version <= versionCount; version += 1) {
    await console.run(`${write(version)}${lastStep}`);
    acknowledgements.push({ position: await running.position(), label: String(version) });
  }
  await console.run('cd /');
  return acknowledgements;
}

/** The file has to be a version that was written, whole, and none older than what was promised. */
const newestPromised: Judge = async (disk) => {
  const judge = 'newest promised version';
  const promised = Number(disk.acknowledged.at(-1)?.label ?? 0);
  const fileSystem = await disk.fileSystem(wholeDiskNumber);
  const text = await fileSystem.readText('/current').catch((error) => {
    if (error.code !== 'WITNESS_PATH_MISSING') throw error;
  });
  if (text === undefined) {
    return promised === 0 ? { judge, outcome: 'sound' } : { judge, outcome: 'damaged', report: 'absent' };
  }
  const found = Number(/^version (\d+)\n/.exec(text)?.[1]);
  if (text !== contentOf(found)) return { judge, outcome: 'damaged', report: 'no version that was written' };
  return found >= promised
    ? { judge, outcome: 'sound' }
    : { judge, outcome: 'damaged', report: `${found}, and ${promised} was promised` };
};

t.test(
  'a file that is replaced safely survives every cut, and the explorer finds the step that is missing',
  async (t) => {
    const folder = t.testdir();
    const [basePath, otherPath] = [join(folder, 'base.raw'), join(folder, 'other.raw')];
    const blocks = ['-b', '4096', '-E', 'lazy_itable_init=0,lazy_journal_init=0'];
    await runTool('mke2fs', ['-q', '-t', 'ext4', ...blocks, basePath, '24M']);
    await copyFile(basePath, otherPath);
    const bench = await benchMachine({
      disks: [
        { name: 'safe', path: basePath, writeLog: true },
        { name: 'careless', path: otherPath, writeLog: true, writes: 'kept' },
      ],
    });
    t.teardown(bench.remove);
    await using machine = bench.machine;
    const running = await machine.powerOn();
    const { console } = running;
    await console.expect(benchReadyText);
    const [safe, careless] = [
      await replaceVersions(
        { console, position: () => running.writeLogPosition('safe') },
        'vda',
        ' && sync .',
      ),
      await replaceVersions({ console, position: () => running.writeLogPosition('careless') }, 'vdb', ''),
    ];
    await running.cut();

    const safeHistory = await readWriteHistory(basePath, machine.writeLogPaths('safe')[0]!);
    const exploration = exploreStates(safeHistory, { uniformDraws: 20, tearUnitSectors: 8 });
    const verdict = await judgeStates(exploration, {
      judges: [newestPromised, fileSystemsJudge()],
      acknowledgements: safe,
    });
    t.same(verdict.failures, [], 'no state has lost anything that was promised');
    t.equal(verdict.judgedCount, exploration.distinctCount);
    t.ok(verdict.judgedCount > 40, `${verdict.judgedCount} states`);
    t.match(verdict.uniform, { failures: 0, draws: 20 });

    const history = await readWriteHistory(basePath, machine.writeLogPaths('careless')[0]!);
    const states = exploreStates(history, { uniformDraws: 0 });
    const found = await judgeStates(states, {
      judges: [newestPromised],
      acknowledgements: careless,
      maxFailures: 3,
    });
    t.ok(found.failures.length > 0, `${found.failures.length} of ${found.judgedCount} states`);
    t.match(found.failures[0]?.verdicts[0]?.report, /was promised|absent/);

    await using whole = await StateDisk.create(history, join(folder, 'replayed.raw'));
    await whole.become({ point: history.entries.length, dropped: [] });
    await runTool('cmp', [whole.path, otherPath]);
  },
);
