import { availableParallelism, totalmem } from 'node:os';
import { runTool } from '../foundation/index.ts';
import type { RunFacts } from '../reports/index.ts';

/** What the results of a run depend on besides the product. */
export async function hostFacts(): Promise<RunFacts['host']> {
  return {
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    nodeVersion: process.versions.node,
    qemuVersion: await qemuVersion(),
  };
}

/** Undefined without QEMU: scenarios that start no machine run all the same, the others say what is missing. */
export async function qemuVersion(): Promise<string | undefined> {
  const printed = await runTool('qemu-system-x86_64', ['--version']).catch(() => undefined);
  return /version (\S+)/.exec(printed?.stdout ?? '')?.[1];
}
