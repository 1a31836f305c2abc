import { cpus, loadavg, release, totalmem } from 'node:os';
import { formatSize } from '../foundation/index.ts';
import { hostFacts } from '../harness/host-facts.ts';

/** Under what circumstances was measured: a number without them says little. */
export interface Conditions {
  measuredAt: string;
  processor: string;
  cores: number;
  memory: string;
  hostKernel: string;
  nodeVersion?: string;
  qemuVersion?: string;
  accelerator: 'tcg';
  /** Of the last minute, before the benchmark began. */
  loadBefore: number;
}

/** More than this, and others are at work. */
const quietLoad = 0.5;

export async function readConditions(): Promise<Conditions> {
  const { cores, nodeVersion, qemuVersion } = await hostFacts();
  return {
    measuredAt: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores,
    memory: formatSize(totalmem()),
    hostKernel: release(),
    nodeVersion,
    qemuVersion,
    accelerator: 'tcg',
    loadBefore: loadavg()[0]!,
  };
}

export function isQuiet({ loadBefore }: Conditions): boolean {
  return loadBefore <= quietLoad;
}
