import { access, constants, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssayError, errorMessage, runTool, writeFileDurably } from '../foundation/index.ts';
import { createMachine } from './machine.ts';
import type { MachineSpec } from './machine-spec.ts';

/** Which accelerator machines use, and why: both stand in the report (design 6). */
export interface AcceleratorChoice {
  accelerator: 'kvm' | 'tcg';
  reason: string;
}

/** A small system that prints `readyText` soon after power on. */
export interface ProbeSystem {
  directBoot: NonNullable<MachineSpec['directBoot']>;
  readyText: string;
}

/** A guest under a working KVM is up in one second; one that hangs is given up quickly. */
const probeTimeoutMs = 8_000;

/**
 * Chooses KVM only when a machine has just come up under it: `/dev/kvm` may be there and hang every guest. The
 * system to probe with is built only when there is something to probe. The answer is kept in `cacheFolder` until the
 * host restarts or QEMU changes.
 */
export async function chooseAccelerator(
  buildSystem: () => Promise<ProbeSystem>,
  cacheFolder: string,
): Promise<AcceleratorChoice> {
  const unusable = await whyKvmCannotBeOpened();
  if (unusable) return { accelerator: 'tcg', reason: unusable };
  const key = await hostKey();
  const cachePath = join(cacheFolder, 'accelerator.json');
  const known = await readChoice(cachePath, key);
  if (known) return known;
  const choice = await probe(await buildSystem());
  await writeFileDurably(cachePath, `${JSON.stringify({ key, ...choice }, undefined, 2)}\n`);
  return choice;
}

async function whyKvmCannotBeOpened(): Promise<string | undefined> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'the host has no /dev/kvm'
      : '/dev/kvm may not be opened by this user (group kvm)';
  }
}

/** A probe's answer holds for one start of the host and one QEMU. */
async function hostKey(): Promise<string> {
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const version = (await runTool('qemu-system-x86_64', ['--version'])).stdout.split('\n')[0];
  return `${bootId} ${version}`;
}

async function readChoice(path: string, key: string): Promise<AcceleratorChoice | undefined> {
  try {
    const known = JSON.parse(await readFile(path, 'utf8')) as AcceleratorChoice & { key: string };
    if (known.key !== key || !['kvm', 'tcg'].includes(known.accelerator)) return undefined;
    return { accelerator: known.accelerator, reason: known.reason };
  } catch {
    // No answer yet, or one that cannot be read: probing again costs seconds and is always right.
    return undefined;
  }
}

async function probe(system: ProbeSystem): Promise<AcceleratorChoice> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-probe-'));
  try {
    const context = { workFolder: folder, runtimeFolder: folder, accelerator: 'kvm' as const };
    await using machine = await createMachine(
      { name: 'probe', memoryMiB: 256, directBoot: system.directBoot },
      context,
    );
    const startMs = performance.now();
    const running = await machine.powerOn();
    await running.console.expect(system.readyText, { timeoutMs: probeTimeoutMs });
    const tookSeconds = ((performance.now() - startMs) / 1000).toFixed(1);
    return { accelerator: 'kvm', reason: `a probe machine came up under KVM in ${tookSeconds} s` };
  } catch (error) {
    const why = error instanceof AssayError ? (error.facts.got ?? error.summary) : errorMessage(error);
    const reason = `a probe machine did not come up under KVM: ${why.split('\n')[0]}`;
    return { accelerator: 'tcg', reason };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
