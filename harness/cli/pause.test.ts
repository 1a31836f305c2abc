import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makePlace, type Place } from '../../tests/command-line.ts';
import { root } from '../../tests/source-files.ts';
import { spawnOnPty } from '../../vm/console/fixtures/pty-stream.ts';
import { SerialConsole } from '../../vm/index.ts';

const assay = join(root, 'assay');

const scenarios = `
import { smallSystem } from 'assay';
const plain = { summary: 's', needs: { machines: 0 } };
scenario('passes', plain, () => {});
scenario('claims-too-much', { ...plain, timeoutMs: 1_000 }, (bench) => { bench.check('one is two', 1, 2); });
scenario('has-a-machine', { summary: 's', needs: { memoryMiB: 512 } }, async (bench) => {
  const directBoot = await smallSystem(bench);
  const machine = await bench.machine({ name: 'box', memoryMiB: 256, directBoot });
  const running = await machine.powerOn();
  await running.console.expect('ASSAY BENCH UP', { timeoutMs: 150_000 });
  bench.check('one is two', 1, 2);
});
scenario('is-not-begun', plain, () => {});
`;

/** The command line in a terminal of its own, and a person's eyes on it. */
function inTerminal(t: Test, place: Place, words: string[]) {
  const env = { ...process.env, XDG_RUNTIME_DIR: place.sessionFolder, NO_COLOR: '1' };
  const terminal = spawnOnPty(assay, words, env as Record<string, string>);
  t.teardown(() => terminal.destroy());
  return { terminal, person: new SerialConsole(terminal, { name: 'terminal of the person' }) };
}

function runIn(t: Test, place: Place, ...words: string[]) {
  const folders = ['--scenarios', join(place.folder, 'scenarios'), '--out', join(place.folder, 'run')];
  return inTerminal(t, place, ['run', '--pause-on-failure', '--plain', ...folders, ...words]);
}

async function eventsOf(place: Place): Promise<Record<string, unknown>[]> {
  const log = await readFile(join(place.folder, 'run/events.jsonl'), 'utf8');
  return log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const ceiling = { timeoutMs: 120_000 };

t.test('machines of a failed scenario stay up until Enter, and one can attach to them', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const { terminal, person } = runIn(t, place, 'has-a-machine', '--accelerator', 'tcg');
  await person.expect('PAUSED at the failure of has-a-machine', ceiling);
  const found = await person.expect(/machine box is on: +assay console (\S+)/, ceiling);
  await person.expect('Enter cleans up', ceiling);

  const second = inTerminal(t, place, ['console', found.groups[0]!]);
  await second.person.expect('Ctrl-] detaches', ceiling);
  await second.person.send('\recho the machine is he""re\r');
  await second.person.expect('the machine is here', ceiling);
  await second.person.send('\u001d');
  await second.terminal.exited;

  await person.send('\r');
  await person.expect('0 passed, 1 failed', ceiling);
  await terminal.exited;
  const events = await eventsOf(place);
  const notes = events.filter(({ kind }) => kind === 'note').map(({ text }) => text);
  t.match(notes.slice(-2), [/^paused at the failure/, /^paused for [\d.]+ s; now the clean-up$/]);
  const at = (kind: string) => events.find((event) => event.kind === kind)!;
  const ended = at('scenario-ended') as { atMs: number; pausedMs: number };
  const { scenarios: reported } = JSON.parse(await readFile(join(place.folder, 'run/summary.json'), 'utf8'));
  const wholeMs = ended.atMs - (at('scenario-started').atMs as number);
  t.equal(reported[0].durationMs, wholeMs - ended.pausedMs, 'the pause is not counted');
  t.same(await place.runtimeFolders(), [], 'then nothing is left');
});

t.test('the others go on meanwhile, and the time of the paused one stands still', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const { terminal, person } = runIn(t, place, 'claims-too-much', 'passes', '--jobs', '2');
  const seen = { paused: 'PAUSED at the failure of claims-too-much', passed: 'passes: passed' };
  const { which } = await person.expect(seen, ceiling);
  await person.expect(which === 'paused' ? seen.passed : seen.paused, ceiling);
  // Longer than the scenario may take.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await person.send('\r');
  await person.expect('1 passed, 1 failed', ceiling);
  await terminal.exited;
  const ended = (await eventsOf(place)).filter(({ kind }) => kind === 'scenario-ended');
  t.match(ended.at(-1), { outcome: 'failed', error: { code: 'HARNESS_CHECK_FAILED' } });
});

t.test('Ctrl-C ends the pause with the run; the verdict stays', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const { terminal, person } = runIn(t, place, 'claims-too-much', 'is-not-begun', '--jobs', '1');
  await person.expect('Enter cleans up', ceiling);
  await person.send('\u0003');
  await person.expect('0 passed, 1 failed, 0 errored, 1 skipped', ceiling);
  await terminal.exited;
  t.match((await eventsOf(place)).at(-1), { kind: 'run-ended', interrupted: true });
});

t.test('without a terminal, and while watching, it is wrong use', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const { exitCode, stderr } = await place.assay(['run', '--pause-on-failure']);
  t.equal(exitCode, 2);
  t.match(stderr, /stdin is no terminal[\s\S]*remedy: +run it in a terminal[\s\S]*HARNESS_USAGE/);
  const { terminal, person } = runIn(t, place, '--watch');
  await person.expect('leave out one of --watch and --pause-on-failure', ceiling);
  await terminal.exited;
});
