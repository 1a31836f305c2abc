import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace, type Place } from '../../tests/command-line.ts';
import { root } from '../../tests/source-files.ts';

const scenarios = `
const needs = { machines: 0 };
import { expected } from './expected.js';
scenario('it-passes', { summary: 's', needs }, () => {});
scenario('it-fails', { summary: 's', needs }, (bench) => bench.check('a claim', bench.seed, expected));
scenario('it-throws', { summary: 's', needs }, () => { throw new TypeError('no function'); });
scenario('it-is-slow', { summary: 's', needs, timeoutMs: 5_000 }, () => new Promise(() => {}));
`;
const expected = `export const expected = 'another seed';\n`;

/** A place with one run, \`--out first\`, under a seed and a time-out scale of its own. */
async function placeWithRun(names: readonly string[]): Promise<Place> {
  const place = await makePlace({ 'a.ts': scenarios });
  await writeFile(join(place.folder, 'scenarios/expected.js'), expected);
  const circumstances = ['--seed', 'a seed', '--timeout-scale', '0.1', '--scenarios', 'scenarios/a.ts'];
  await place.assay(['run', ...names, ...circumstances, '--out', 'first', '--json']);
  return place;
}

interface Rerun {
  seed: string;
  timeoutScale: number;
  counts: Record<string, number>;
  scenarios: { name: string; reproduce?: string }[];
  outside: { notes: { text: string }[] };
  rerun: {
    runId: string;
    differences: { before: string[]; after: string[] };
    scenarios: { name: string; before: object; again: object[]; reproduced: boolean }[];
  };
}

t.test('what failed is run again in the same way, and the end says whether it is the same', async (t) => {
  await using place = await placeWithRun([]);
  const { exitCode, stdout, stderr } = await place.assay(['rerun', './first', '--json']);
  t.equal(exitCode, 1, stderr);
  const report = JSON.parse(stdout) as Rerun;
  t.match(report, { seed: 'a seed', timeoutScale: 0.1, counts: { failed: 1, errored: 2, passed: 0 } });
  t.match(report.scenarios[0]!.reproduce, '--scenarios scenarios/a.ts');
  t.same(report.rerun.differences, { before: [], after: [] });
  t.match(report.outside.notes, [{ text: /it-fails/ }, { text: /are as they were then/ }]);
  t.match(report.rerun.scenarios, [
    {
      before: { outcome: 'failed', code: 'HARNESS_CHECK_FAILED' },
      again: [{ outcome: 'failed' }],
      reproduced: true,
    },
    {
      before: { scenarioId: 'it-throws', outcome: 'errored', code: 'HARNESS_SCENARIO_THREW' },
      reproduced: true,
    },
    {
      before: { scenarioId: 'it-is-slow', outcome: 'errored', code: 'HARNESS_SCENARIO_HUNG' },
      reproduced: true,
    },
  ]);
  t.equal(report.rerun.runId, JSON.parse(await readFile(join(place.folder, 'first/run.json'), 'utf8')).runId);
});

t.test('what has changed since is said before and after, and is no error', async (t) => {
  await using place = await placeWithRun([]);
  await writeFile(join(place.folder, 'scenarios/expected.js'), `export const expected = 'a seed';\n`);
  const events = join(place.folder, 'first/events.jsonl');
  const log = await readFile(events, 'utf8');
  await writeFile(events, log.replace(/"assayVersion":"[^"]*"/, '"assayVersion":"0.0.1"'));
  const { exitCode, stdout } = await place.assay([
    'rerun',
    './first',
    'it-fails',
    '--repeat',
    '2',
    '--plain',
  ]);
  t.equal(exitCode, 0);
  const [during, after] = stdout.split('again, what run ');
  for (const said of [during, after]) {
    t.match(said, /not as then: Assay: 0\.0\.1 then, \d+\.\d+\.\d+ now/);
    t.match(said, 'not as then: it-fails: scenarios/expected.js has changed since');
    t.notMatch(said, 'a.ts has changed');
  }
  t.match(after, 'it-fails: not reproduced: then failed, HARNESS_CHECK_FAILED, now passed');
});

t.test('attempts of several seeds, and commands that are not whole, are not run', async (t) => {
  await using place = await placeWithRun(['it-fails', 'it-throws']);
  const events = join(place.folder, 'first/events.jsonl');
  const log = await readFile(events, 'utf8');
  await writeFile(events, log.replaceAll("it-throws --seed 'a seed'", 'it-throws --seed other'));
  const mixed = await place.assay(['rerun', './first']);
  t.equal(mixed.exitCode, 2);
  // The two run at once: which of them was begun first is not the same each time.
  t.match(
    mixed.stderr,
    /run (?:it-fails and it-throws|it-throws and it-fails) again in one run[\s\S]*HARNESS_NOT_RERUNNABLE/,
  );
  t.match(await place.assay(['rerun', './first', 'it-throws', '--plain']), {
    exitCode: 3,
    stdout: /seed other/,
  });
  await writeFile(events, log.replaceAll("it-fails --seed 'a seed'", "it-fails --seed 'a s"));
  t.match((await place.assay(['rerun', './first', 'it-fails'])).stderr, 'HARNESS_NOT_RERUNNABLE');
});

t.test('names, ids, --all, and what is refused', async (t) => {
  await using place = await placeWithRun(['it-passes', 'it-fails', '--repeat', '2']);
  const one = JSON.parse((await place.assay(['rerun', './first', 'it-fails.2', '--json'])).stdout) as Rerun;
  t.match(one.rerun.scenarios, [
    { before: { scenarioId: 'it-fails.2' }, again: [{ scenarioId: 'it-fails' }] },
  ]);
  t.equal(one.rerun.scenarios.length, 1);
  const all = JSON.parse((await place.assay(['rerun', './first', '--all', '--json'])).stdout) as Rerun;
  t.same(all.counts, { passed: 1, failed: 1, errored: 0, skipped: 0, flaky: 0 });
  t.equal(all.rerun.scenarios.length, 4, 'each attempt of then is compared');
  t.ok(all.rerun.scenarios.every(({ reproduced }) => reproduced));

  const unknown = await place.assay(['rerun', './first', 'it-fals']);
  t.equal(unknown.exitCode, 2);
  t.match(unknown.stderr, /the nearest is it-fails[\s\S]*HARNESS_NAME_UNKNOWN/);
  t.match((await place.assay(['rerun', 'nowhere'])).stderr, 'HARNESS_RUN_UNKNOWN');
  t.match((await place.assay(['rerun', './first', '--seed', 'x'])).stderr, /seed[\s\S]*HARNESS_USAGE/);

  await place.assay(['run', 'it-passes']);
  const nothing = await place.assay(['rerun', 'latest', '--json']);
  t.equal(nothing.exitCode, 0);
  t.match(JSON.parse(nothing.stdout), { rerun: { scenarios: [] } });

  const live = place.start(['run', 'it-is-slow', '--timeout-scale', '20', '--plain']);
  await live.shows('it-is-slow');
  t.match((await place.assay(['rerun', 'latest'])).stderr, 'HARNESS_RUN_LIVE');
  live.child.kill('SIGINT');
  await live.ended;
});

t.test('of an exploration the failing states are repeated from its recordings, else all of it', async (t) => {
  const plain = `scenario('it-passes', { summary: 's', needs: { machines: 0 } }, () => {});`;
  await using place = await makePlace({ 'a.ts': plain });
  const explore = ['explore', 'it-passes', '--budget', '1m', '--seed', 'x', '--scenarios', 'scenarios/a.ts'];
  await place.assay([...explore, '--out', 'first']);
  const whole = JSON.parse((await place.assay(['rerun', './first', '--json'])).stdout) as Rerun;
  t.match(whole.scenarios, [{ reproduce: /^assay explore it-passes --budget 1m --seed x --scenarios/ }]);
  t.match(whole.rerun.scenarios, [{ reproduced: true, before: { code: 'EXPLORER_NO_SUBJECT' } }]);

  const evidence = join(place.folder, 'first/scenarios/it-passes--explored');
  const spans = [1, 2, 3].map((powerOn) => ({
    ...{ powerOn, recordingPath: `gone/power-on-${powerOn}` },
    failures:
      powerOn === 2
        ? []
        : [
            { state: '12', why: 'w' },
            { state: '40:lost=3', why: 'w' },
          ],
  }));
  await writeFile(join(evidence, 'explore.json'), JSON.stringify({ version: 1, spans }));
  const gone = await place.assay(['rerun', './first']);
  t.equal(gone.exitCode, 2);
  t.match(
    gone.stderr,
    /gone\/power-on-1[\s\S]*recording[\s\S]*it is gone[\s\S]*assay explore it-passes[\s\S]*HARNESS_NOT_RERUNNABLE/,
  );

  for (const powerOn of [1, 3]) {
    const folder = join(evidence, `work/recordings/power-on-${powerOn}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'recording.json'), '{}');
  }
  const inTurn = ['--json', '--jobs', '1'];
  const second = await place.assay(['rerun', './first', ...inTurn, '--out', 'second']);
  const again = JSON.parse(second.stdout) as Rerun;
  t.match(
    again.scenarios.map(({ name, reproduce }) => [name, reproduce]),
    [1, 3].map((powerOn) => [
      `it-passes--explored-power-on-${powerOn}`,
      new RegExp(
        `--recording first/\\S+/power-on-${powerOn} --state 12 --state '?40:lost=3'? --seed x --scenarios`,
      ),
    ]),
  );
  t.match(again.rerun.scenarios, [
    { again: [{ code: 'EXPLORER_RECORDING_UNREADABLE' }] },
    { reproduced: false },
  ]);
  t.same(again.rerun.differences.after, []);

  const third = JSON.parse((await place.assay(['rerun', './second', ...inTurn])).stdout) as Rerun;
  t.match(
    third.scenarios.map(({ name, reproduce }) => [name, reproduce]),
    again.scenarios.map(({ name, reproduce }) => [name, reproduce]),
    'both recordings once more',
  );
  t.match(third.rerun.scenarios, [{ reproduced: true }, { reproduced: true }]);

  await writeFile(join(evidence, 'explore.json'), '{"version": 1, "spans": [');
  const torn = await place.assay(['rerun', './first']);
  t.match(torn, { exitCode: 2, stderr: /it-passes--explored\/explore\.json[\s\S]*HARNESS_NOT_RERUNNABLE/ });
});

/** A machine that starts from an image which lies outside of the run, and writes on it. */
const machine = `
import { truncate, writeFile } from 'node:fs/promises';
import { buildBenchSystem } from '${join(root, 'images/index.ts')}';
scenario('it-keeps-silent', { summary: 's', timeoutMs: 240_000 }, async (bench) => {
  const { kernelPath, initramfsPath, kernelArguments } = await buildBenchSystem();
  const directBoot = { kernelPath, initramfsPath, kernelArguments: kernelArguments.join(' ') };
  const own = { name: 'own', path: bench.workFolder + '/own.raw', writes: 'kept' };
  await writeFile(own.path, process.env.OWN ?? 'own');
  await truncate(own.path, 1024 * 1024);
  const disks = [{ name: 'system', path: process.cwd() + '/system.raw' }, own];
  const machine = await bench.machine({ name: 'alpha', memoryMiB: Number(process.env.MEMORY ?? 256), directBoot, disks });
  const running = await machine.powerOn();
  await running.console.expect('ASSAY BENCH UP');
  await running.console.run('echo something | dd of=/dev/vdb conv=notrunc,fsync');
  await running.console.expect('what nobody says', { timeoutMs: 500 });
});
`;

t.test('machines are compared: images before, what they were started with after', async (t) => {
  await using place = await makePlace({ 'machine.ts': machine });
  const image = join(place.folder, 'system.raw');
  await writeFile(image, Buffer.alloc(1024 * 1024, 'a'));
  const words = ['--accelerator', 'tcg', '--out', 'first'];
  t.equal((await place.assay(['run', ...words])).exitCode, 1);
  const same = JSON.parse((await place.assay(['rerun', './first', '--json'])).stdout) as Rerun;
  t.same(same.rerun.differences, { before: [], after: [] });
  t.match(same.rerun.scenarios, [{ reproduced: true, before: { code: /^VM_CONSOLE_/ } }]);

  await writeFile(image, Buffer.alloc(1024 * 1024, 'b'));
  const other = await place.assay(['rerun', './first', '--json'], {
    OWN: 'another',
    MEMORY: '320',
  });
  const { before, after } = (JSON.parse(other.stdout) as Rerun).rerun.differences;
  t.match(before, [
    /^it-keeps-silent: disk system of machine alpha .*system\.raw\): its content is another than then$/,
  ]);
  t.match(after, [
    /machine alpha is declared otherwise:\n[\s\S]*\n\+ +memoryMiB: 320,\n- +memoryMiB: 256,/,
    /disk system of machine alpha at its first power-on: its content is another than then/,
    /disk own of machine alpha at its first power-on: its content is another than then/,
  ]);
});
