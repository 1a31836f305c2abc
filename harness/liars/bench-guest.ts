import type { MachineSpec, RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { smallSystem } from '../small-system.ts';

/** A busy host takes its time, and a start is not what liars are about. */
const startTimeoutMs = 200_000;

/** The small system at its prompt: a guest to be made a liar of. */
export async function benchGuest(bench: Bench, spec: Partial<MachineSpec> = {}): Promise<RunningMachine> {
  const directBoot = await smallSystem(bench);
  const machine = await bench.machine({ name: 'liar', memoryMiB: 128, directBoot, ...spec });
  const running = await machine.powerOn();
  await running.console.expect('ASSAY BENCH UP', { timeoutMs: startTimeoutMs });
  await running.console.run('true', { timeoutMs: startTimeoutMs });
  return running;
}

/** Types a line at the guest's prompt without waiting for anything. */
export async function typeAtPrompt({ console }: RunningMachine, line: string): Promise<void> {
  await console.releaseShell();
  await console.expect('# ');
  await console.sendLine(line);
}
