import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { makePlace } from '../../tests/command-line.ts';
import { root } from '../../tests/source-files.ts';

/** Scenarios with a real machine: the smallest system that boots, directly from its kernel. */
const machines = `
import { truncate, writeFile } from 'node:fs/promises';
import { buildBenchSystem } from '${join(root, 'images/index.ts')}';
async function start(bench) {
  const { kernelPath, initramfsPath, kernelArguments } = await buildBenchSystem();
  const directBoot = { kernelPath, initramfsPath, kernelArguments: kernelArguments.join(' ') };
  const disk = { name: 'system', path: bench.workFolder + '/disk.raw', writes: 'kept' };
  await writeFile(disk.path, '');
  await truncate(disk.path, 1024 * 1024);
  const machine = await bench.machine({ name: 'alpha', memoryMiB: 256, directBoot, disks: [disk] });
  const running = await bench.step('switch it on', () => machine.powerOn(), { category: 'boot', machine: 'alpha' });
  await running.console.expect('ASSAY BENCH UP');
  return running;
}
const summary = 'a machine';
scenario('it-answers', { summary, timeoutMs: 240_000 }, async (bench) => {
  const running = await start(bench);
  bench.check('the shell answers', (await running.console.run('echo $((6 * 7))')).output.trim(), '42');
  await running.console.run('echo something | dd of=/dev/vda conv=notrunc,fsync');
});
scenario('it-keeps-silent', { summary, timeoutMs: 240_000 }, async (bench) => {
  const running = await start(bench);
  await running.console.expect('what nobody says', { timeoutMs: 500 });
});
scenario('it-is-waited-for', { summary, timeoutMs: 240_000 }, async (bench) => {
  const running = await start(bench);
  bench.note('up and waiting');
  await running.console.expect('what nobody says', { timeoutMs: 200_000 });
});
`;

interface Summary {
  scenarios: {
    name: string;
    outcome: string;
    error?: { code: string };
    machines: { machine: string; how?: string }[];
    consoleTails: { machine: string; lines: string[] }[];
    diskMaps: { when: string; areas: { changedBytes?: number }[] }[];
  }[];
}

t.test('machines come up, are recorded, and end with their scenario', async (t) => {
  await using place = await makePlace({ 'machines.ts': machines });
  const { exitCode, stderr } = await place.assay([
    'run',
    'it-answers',
    'it-keeps-silent',
    '--accelerator',
    'tcg',
    '--json',
  ]);
  t.equal(exitCode, 1, stderr);
  const { scenarios } = (await place.readRun('summary.json')) as Summary;
  const of = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
  t.match(of('it-answers'), { outcome: 'passed', machines: [{ machine: 'alpha', how: 'cut' }] });
  const pieceBytes = 64 * 1024;
  t.match(
    of('it-answers').diskMaps,
    [
      { machine: 'alpha', disk: 'system', when: 'before', areas: [{ contents: 'zeros' }] },
      { when: 'after', pieceBytes, areas: [{ contents: 'data', changedBytes: pieceBytes }] },
    ],
    'what the machine has changed on its disk is in the report',
  );
  t.match(of('it-keeps-silent').diskMaps, [{ when: 'before' }, { areas: [{ changedBytes: 0 }] }]);
  const silent = of('it-keeps-silent');
  t.match(silent, { outcome: 'failed', error: { code: /^VM_CONSOLE_/ } });
  t.match(
    silent.consoleTails[0]!.lines.join('\n'),
    'ASSAY BENCH UP',
    'the end of the console is in the report',
  );
  const log = join(place.folder, '.assay/runs/latest/scenarios/it-answers/alpha/console.log');
  t.match(await readFile(log, 'utf8'), 'ASSAY BENCH UP', 'its log is kept');
  t.same(await place.runtimeFolders(), []);
});

/** The process numbers of the machines that an event log has started. */
async function qemuPids(folder: string): Promise<number[]> {
  const log = await readFile(join(folder, '.assay/runs/latest/events.jsonl'), 'utf8');
  const events = log
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return events.filter(({ kind }) => kind === 'machine-started').map(({ qemuPid }) => qemuPid);
}

t.test('no machine outlives its runner: interrupted, or killed', async (t) => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    await using place = await makePlace({ 'machines.ts': machines });
    const { child, ended, shows } = place.start(['run', 'it-is-waited-for', '--accelerator', 'tcg']);
    await shows('up and waiting');
    const [pid] = await qemuPids(place.folder);
    t.ok(existsSync(`/proc/${pid}`), 'QEMU runs');
    child.kill(signal);
    t.equal((await ended).exitCode, signal === 'SIGINT' ? 130 : null, signal);
    // The bound of issue 2; it was measured to take a millisecond.
    const deadlineMs = performance.now() + 2_000;
    while (existsSync(`/proc/${pid}`) && performance.now() < deadlineMs) await sleep(20);
    t.notOk(existsSync(`/proc/${pid}`), `QEMU has gone after ${signal}`);
    if (signal === 'SIGINT') t.same(await place.runtimeFolders(), []);
  }
});
