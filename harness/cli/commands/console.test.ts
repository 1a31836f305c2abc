import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import t from 'tap';
import { buildBenchSystem } from '../../../images/index.ts';
import { spawnOnPty } from '../../../vm/console/fixtures/pty-stream.ts';
import { SerialConsole } from '../../../vm/index.ts';

const assay = join(import.meta.dirname, '..', '..', '..', 'assay');
const run = promisify(execFile);

/** Waits until a person has typed something into the machine's shell. */
const attendedScenario = `
import { scenario } from 'assay';

scenario('attended', { summary: 'a person types into a machine' }, async (bench) => {
  const machine = await bench.machine({ name: 'box', memoryMiB: 256, directBoot: JSON.parse(process.env.DIRECT_BOOT) });
  const { console } = await machine.powerOn();
  await console.expect('ASSAY BENCH UP', { timeoutMs: 150_000 });
  await console.run('echo the scenario has the shell');
  await console.expect('a person was here', { timeoutMs: 150_000 });
});
`;

t.test('a person attaches to a running machine, has its shell, and detaches', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-console-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'attended.ts'), attendedScenario);
  const { kernelPath, initramfsPath, kernelArguments } = await buildBenchSystem();
  const directBoot = { kernelPath, initramfsPath, kernelArguments: kernelArguments.join(' ') };
  const env = { ...process.env, DIRECT_BOOT: JSON.stringify(directBoot), XDG_RUNTIME_DIR: folder };
  const words = [
    'run',
    '--scenarios',
    folder,
    '--accelerator',
    'tcg',
    '--plain',
    '--out',
    join(folder, 'run'),
  ];
  const scenarioRun = run(assay, words, { env });

  await untilListed('box', env);
  const terminal = spawnOnPty(assay, ['console', 'box'], env as Record<string, string>);
  const person = new SerialConsole(terminal, { name: 'terminal of the person' });
  await person.expect('Ctrl-] detaches', { timeoutMs: 60_000 });
  await person.expect('the scenario has the shell', { timeoutMs: 150_000 });
  await person.send('\r');
  // The command loop ends, and init starts a shell for the person.
  await person.expect('built-in shell', { timeoutMs: 60_000 });
  await person.expect('# ', { timeoutMs: 60_000 });
  await person.send("echo a person was he''re\r");
  await person.expect('a person was here', { timeoutMs: 60_000 });
  const result = await scenarioRun;
  t.match(result.stdout, /1 passed, 0 failed/);
  await person.expect('detached from', { timeoutMs: 60_000 });
  await terminal.exited;
});

t.test('a machine that does not run is wrong use, with the names of those that do', async (t) => {
  const env = { ...process.env, XDG_RUNTIME_DIR: t.testdir() };
  await t.rejects(run(assay, ['console', 'nobody'], { env }), { code: 2, stderr: /HARNESS_CONSOLE_UNKNOWN/ });
});

async function untilListed(machine: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (;;) {
    const { stdout } = await run(assay, ['console'], { env });
    if (stdout.includes(machine)) return;
    await setTimeout(200);
  }
}
