import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { makePlace, type Place } from '../../tests/command-line.ts';

const says = (text: string) => `
import { said } from '../parts/said.ts';
scenario('says', { summary: 's', needs: { machines: 0 } }, (bench) => bench.note('it says ${text}, ' + said));
`;
const part = (text: string) => `export const said = 'and ${text}';\n`;
const imports = `import assert from 'node:assert'; import { scenario } from 'assay'; void assert;\n`;

async function withPart(place: Place): Promise<{ scenarioPath: string; partPath: string }> {
  const partPath = join(place.folder, 'parts/said.ts');
  await mkdir(join(place.folder, 'parts'));
  await writeFile(partPath, part('one'));
  return { scenarioPath: join(place.folder, 'scenarios/says.ts'), partPath };
}

const runs = (place: Place) => readdir(join(place.folder, '.assay/runs')).then((names) => names.length - 1);

t.test(
  'a change of the scenario or of what it imports runs it again, with what the files say now',
  async (t) => {
    await using place = await makePlace({ 'says.ts': says('A') });
    const { scenarioPath, partPath } = await withPart(place);
    const { child, ended, shows } = place.start(['run', 'says', '--watch', '--plain']);
    await shows('it says A, and one');
    await shows('watching; Ctrl-C ends');
    await writeFile(scenarioPath, imports + says('B'));
    await shows('scenarios/says.ts has changed: again');
    await shows('it says B, and one');
    await writeFile(partPath, part('two'));
    await shows('it says B, and two');
    // What a run writes, and what scenarios do not import, starts nothing.
    await writeFile(join(place.folder, 'notes.txt'), 'x');
    await writeFile(join(place.folder, 'parts/said.test.ts'), 'x');
    await mkdir(join(place.folder, 'node_modules/x'), { recursive: true });
    await writeFile(join(place.folder, 'node_modules/x/index.js'), 'x');
    // A file that cannot be loaded ends that run, not the watch.
    await writeFile(scenarioPath, 'const a: = 3;');
    await shows('HARNESS_SCENARIO_FILE_FAILED');
    await writeFile(scenarioPath, imports + says('C'));
    await shows('it says C, and two');
    child.kill('SIGINT');
    const { exitCode, stdout } = await ended;
    t.equal(exitCode, 130);
    t.equal(stdout.match(/it says/g)?.length, 4, 'four runs that came to their note, and no more');
    t.equal(await runs(place), 4);
    t.same(await place.runtimeFolders(), []);
  },
);

const slow = (text: string) => `
scenario('waits', { summary: 's', needs: { machines: 0 } }, async (bench) => {
  bench.defer('leave a trace', () => bench.note('cleaned up ${text}'));
  bench.note('pid ' + process.pid + ' of ${text}.');
  await new Promise((_, reject) => {
    const alive = setInterval(() => {}, 1000);
    bench.signal.addEventListener('abort', () => { clearInterval(alive); reject(bench.signal.reason); });
  });
});
`;

t.test('a scenario under way is ended cleanly and begun anew; Ctrl-C ends both', async (t) => {
  await using place = await makePlace({ 'slow.ts': slow('A') });
  const { child, ended, shows } = place.start(['run', '--watch', '--plain']);
  await shows(' of A.');
  await writeFile(join(place.folder, 'scenarios/slow.ts'), imports + slow('B'));
  await shows('scenarios/slow.ts has changed: the run is ended and begun anew');
  await shows('cleaned up A');
  await shows(' of B.');
  child.kill('SIGTERM');
  const { exitCode, stdout } = await ended;
  t.equal(exitCode, 130);
  t.match(stdout, 'cleaned up B');
  t.match(await place.readRun('summary.json'), { state: 'interrupted' });
  t.same(await place.runtimeFolders(), []);
});

t.test('a watch that is killed takes its run along', async (t) => {
  await using place = await makePlace({ 'slow.ts': slow('A') });
  const { child, ended, shows } = place.start(['run', '--watch', '--plain']);
  await shows(' of A.');
  const log = readFileSync(join(place.folder, '.assay/runs/latest/events.jsonl'), 'utf8');
  const pid = Number(/pid (\d+) of A/.exec(log)?.[1]);
  t.ok(isAlive(pid));
  t.not(pid, child.pid, 'the run is a process of its own');
  child.kill('SIGKILL');
  for (let tries = 0; isAlive(pid) && tries < 200; tries += 1) await sleep(50);
  const hasOutlived = isAlive(pid);
  if (hasOutlived) process.kill(pid, 'SIGKILL');
  t.notOk(hasOutlived);
  await ended;
});

/** A zombie has ended; only nobody has looked yet. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

t.test('what does not go with --watch', async (t) => {
  await using place = await makePlace({ 'says.ts': says('A') });
  for (const more of [['--json'], ['--out', 'x']]) {
    const { exitCode, stdout, stderr } = await place.assay(['run', '--watch', ...more]);
    t.equal(exitCode, 2);
    t.match(`${stdout}${stderr}`, /HARNESS_USAGE/);
    t.match(`${stdout}${stderr}`, `${more[0]} as well`);
  }
});
