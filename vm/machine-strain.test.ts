import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { MachineStrain } from './machine-strain.ts';

/** A program that is ready to run all the time, its thread named as QEMU names those that are processors. */
async function busyProcessor(t: Test, wrap: readonly string[] = []): Promise<ChildProcess & { pid: number }> {
  const script = 'printf "CPU 0/TCG" >/proc/$$/comm; echo ready; while :; do :; done';
  const [program, ...words] = [...wrap, 'sh', '-c', script];
  // A session of its own, as QEMU has: the kernel shares a processor among sessions.
  const child = spawn(program!, words, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child as typeof child & { pid: number };
}

t.test('a machine that is stopped for part of a wait', async (t) => {
  const { pid } = await busyProcessor(t);
  using strain = new MachineStrain(pid, {});
  const sinceMs = performance.now();
  process.kill(pid, 'SIGSTOP');
  await setTimeout(1_200);
  process.kill(pid, 'SIGCONT');
  await setTimeout(600);
  t.match(strain.evidence(sinceMs), /stopped by a signal for [\d.]+ s of/);
  t.equal(strain.evidence(performance.now()), undefined, 'what is too short says nothing');
});

t.test('a machine that nine others leave no processor', async (t) => {
  const { pid } = await busyProcessor(t, ['taskset', '-c', '0']);
  for (let count = 0; count < 9; count += 1) await busyProcessor(t, ['taskset', '-c', '0']);
  using strain = new MachineStrain(pid, {});
  const sinceMs = performance.now();
  await setTimeout(2_000);
  t.match(strain.evidence(sinceMs), /ready to run and got no processor for [\d.]+ s of/);
});

t.test('a machine that has nothing to do misses nothing', async (t) => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  using strain = new MachineStrain(child.pid!, {});
  const sinceMs = performance.now();
  await setTimeout(1_500);
  t.notMatch(strain.evidence(sinceMs) ?? '', /stopped|no processor/);
});

t.test('a runner that is held up itself', async (t) => {
  using strain = new MachineStrain(process.pid, {});
  const sinceMs = performance.now();
  while (performance.now() < sinceMs + 1_800);
  t.match(strain.evidence(sinceMs), /the runner itself was held up for/);
});
