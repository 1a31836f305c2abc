import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { benchReadyText } from '../../vm/fixtures/bench-machine.ts';
import type { RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { harnessErrors } from '../errors.ts';
import type { Scenario } from '../scenario.ts';
import { parseCrashState } from './crash-state.ts';
import { type ExploreScenarioOptions, exploredScenario } from './explored-scenario.ts';
import { machineBench } from './fixtures/machine-bench.ts';
import type { Judge } from './judge-states.ts';
import { wholeDiskNumber } from './judged-disk.ts';
import type { SpanReport } from './span-report.ts';

/** What was said to be safe is on the disk. */
const settingJudge: Judge = async (disk) => {
  const judge = 'setting';
  if (disk.acknowledged.length === 0) return { judge, outcome: 'sound' };
  const fileSystem = await disk.fileSystem(wholeDiskNumber);
  const text = (await fileSystem.has('/setting')) ? await fileSystem.readText('/setting') : 'not there';
  return text === 'on\n' ? { judge, outcome: 'sound' } : { judge, outcome: 'lost', report: text };
};

/** Writes a setting, says that it is safe, and has it when it is switched on again; `lastStep` is what makes that true. */
function settingScenario(lastStep: string): Scenario {
  const body = async (bench: Bench) => {
    const path = join(bench.workFolder, `system-${Math.random()}.raw`);
    const blocks = ['-b', '4096', '-E', 'lazy_itable_init=0,lazy_journal_init=0'];
    await runTool('mke2fs', ['-q', '-t', 'ext4', ...blocks, path, '8M']);
    const machine = await bench.machine({ name: 'alpha', disks: [{ name: 'system', path, writes: 'kept' }] });
    const up = async (): Promise<RunningMachine> => {
      const running = await machine.powerOn();
      await running.console.expect(benchReadyText, { timeoutMs: 60_000 });
      await running.console.run('mount -t ext4 /dev/vda /mnt');
      return running;
    };
    bench.subject({
      machine,
      becomesWell: async () => void (await up()),
      exploration: {
        acknowledgements: [/^SAFE/],
        judges: () => [settingJudge],
        comesBack: async (acknowledged) => {
          const { console } = await up();
          const { output } = await console.run('cat /mnt/setting', { acceptExitCodes: 'any' });
          if (acknowledged.length === 0 || output === 'on\n') return;
          throw harnessErrors.HARNESS_CHECK_FAILED({ tried: 'the setting is on', got: output });
        },
      },
    });
    const { console } = await up();
    // The words are joined by the guest, so that what is typed says nothing.
    await bench.step('it is set', async () => {
      await console.run(`echo on >/mnt/setting${lastStep}; echo SA''FE >/dev/console; sync`);
    });
  };
  return {
    ...{ name: 'setting-is-kept', summary: 's', tags: [], timeoutMs: 1, body },
    needs: { machines: 1, memoryMiB: 256, cpus: 1 },
  };
}

function options(more: Partial<ExploreScenarioOptions> = {}) {
  const reports: SpanReport[] = [];
  const chosen: ExploreScenarioOptions = {
    ...{ span: {}, budgetMs: 60_000, boots: 2, wellWithinMs: 60_000, words: [] },
    ...{ tearUnitSectors: 8, uniformDraws: 20 },
    onReport: (_, found) => reports.push(...found),
    ...more,
  };
  return { chosen, reports };
}

t.test('a setting that is written safely survives every power cut', async (t) => {
  const { bench, folder } = await machineBench(t);
  const { chosen, reports } = options({ boots: 1 });
  await exploredScenario(settingScenario(' && sync'), chosen).body(bench);
  t.match(reports, [
    {
      ...{ machine: 'alpha', disk: 'system', powerOn: 1, failures: [], failureCount: 0 },
      boots: { tried: 1, cameBack: 1 },
    },
  ]);
  const [report] = reports;
  t.ok(report!.log.writes > 3 && report!.log.flushes > 0, `${report!.log.writes} writes`);
  t.equal(report!.witnesses.judged, report!.distinct);
  t.match(report!.acknowledgements, [/^SAFE/]);
  t.match(JSON.parse(await readFile(join(folder, 'explore.json'), 'utf8')), { spans: [{ disk: 'system' }] });
});

t.test('one that is not is found, and the state is made again from the recording', async (t) => {
  const scenario = settingScenario('');
  const { bench } = await machineBench(t);
  const { chosen, reports } = options({ span: { during: /it is set/ }, boots: 0 });
  await t.rejects(async () => exploredScenario(scenario, chosen).body(bench), {
    code: 'EXPLORER_NOT_LEGAL',
    message: /setting: not there/,
  });
  const [report] = reports;
  const [failure] = report!.failures;
  t.match(failure, { why: 'setting: not there', diskPath: /\.qcow2$/ });
  t.match(failure!.command, / --recording \S+ --state \S+ --seed seven --timeout-scale 5$/);
  await runTool('qemu-img', ['check', '-q', failure!.diskPath!]);
  t.ok(report!.witnesses.judged < report!.distinct, 'what was written before the step is not in the span');

  const place = await machineBench(t);
  const states = [parseCrashState(failure!.state)];
  const again = options({ recordingFolder: report!.recordingPath, states });
  await t.rejects(async () => exploredScenario(scenario, again.chosen).body(place.bench), {
    code: 'EXPLORER_NOT_LEGAL',
    message: /2 states/,
  });
  t.notOk(place.steps.includes('it is set'), 'nothing is recorded again');
  t.ok(
    place.steps.some((step) => step.includes(`state ${failure!.state} comes back`)),
    'and the machine was asked, too',
  );
});

t.test('a span without a machine, or without writes, says nothing', async (t) => {
  const explore = async (scenario: Scenario, more: Partial<ExploreScenarioOptions> = {}) => {
    const { bench } = await machineBench(t);
    await exploredScenario(scenario, options(more).chosen).body(bench);
  };
  const scenario = settingScenario('');
  await t.rejects(explore({ ...scenario, body: async () => undefined }), { code: 'EXPLORER_NO_SUBJECT' });
  await t.rejects(explore(scenario, { span: { during: /never/ } }), { code: 'EXPLORER_SPAN_EMPTY' });
  await t.rejects(explore(scenario, { disk: 'other' }), { code: 'EXPLORER_NO_DISK' });
});
