import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AcceleratorChoice,
  attachSocketSuffix,
  createMachine,
  EthernetNetworks,
  uefiVariablesPath,
} from '../../vm/index.ts';
import { Interruption } from '../interruption.ts';
import { createRunFolder } from '../run-folder.ts';
import { sweepDeadRuns } from '../sweep-dead-runs.ts';
import type { KeptMachine } from './find-kept-machine.ts';
import { shellSpec } from './shell-spec.ts';

interface ShellOptions {
  accelerator: AcceleratorChoice['accelerator'];
  /** Puts the console on the user's terminal; ends when the user has done, or the machine is off. */
  attach: (console: { name: string; socketPath: string }) => Promise<void>;
}

/**
 * Switches on a machine like the kept one, on its disks as they were, until the user has done. What it writes is
 * discarded; nothing of it is left.
 *
 * @throws HARNESS_DISK_CHANGED, what `createMachine` and `powerOn` throw.
 */
export async function runShell(
  kept: KeptMachine,
  { accelerator, attach }: ShellOptions,
): Promise<'done' | 'interrupted'> {
  await sweepDeadRuns();
  const scratch = await mkdtemp(join(tmpdir(), 'assay-shell-'));
  // Removed last. Owned like a run's folder: should this process be killed, the next start of assay sweeps its disks.
  await using cleanups = new AsyncDisposableStack();
  cleanups.defer(() => rm(scratch, { recursive: true, force: true }));
  const { runtimeFolder } = cleanups.use(await createRunFolder({ out: scratch, keep: false }));
  using interruption = new Interruption(
    () => `Disks may be left in ${scratch}; the next start of assay sweeps them.`,
  );
  const workFolder = join(scratch, 'scenarios/shell/work');
  await mkdir(workFolder, { recursive: true });
  const spec = await shellSpec(kept, workFolder);
  const networks = cleanups.use(new EthernetNetworks(runtimeFolder));
  let attached: Promise<void> | undefined;
  // The end of the machine, which comes before, closes the connection, and that gives the terminal back.
  cleanups.defer(() => attached);
  const machine = cleanups.use(
    await createMachine(spec, { workFolder, runtimeFolder, networks, accelerator }),
  );
  const variables = uefiVariablesPath(machine.spec, machine.folder);
  if (variables && kept.uefiVariablesPath) await copyFile(kept.uefiVariablesPath, variables);
  if (interruption.interrupted) return 'interrupted';
  const running = await machine.powerOn();
  attached = attach({
    name: `${kept.scenarioId} ${machine.name}`,
    socketPath: join(runtimeFolder, `${machine.name}${attachSocketSuffix}`),
  });
  await untilAborted(Promise.race([attached, running.ended]), interruption.signal);
  return interruption.interrupted ? 'interrupted' : 'done';
}

async function untilAborted(done: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([done, aborted]);
}
