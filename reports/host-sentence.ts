import { formatSize } from '../foundation/index.ts';
import { printableLine } from './printable-text.ts';
import type { Run } from './run-model.ts';

/** `seed 7, QEMU 7.2.22 with tcg (why), 2 cores, 4GiB`: what a run depends on. */
export function hostSentence(run: Pick<Run, 'host' | 'seed' | 'timeoutScale'>): string {
  const { accelerator, cores, memoryBytes, qemuVersion } = run.host;
  const reason = accelerator === undefined ? '' : ` with ${accelerator.name} (${accelerator.reason})`;
  const parts = [
    `seed ${run.seed}`,
    ...(qemuVersion === undefined ? [] : [`QEMU ${qemuVersion}${reason}`]),
    `${cores} cores`,
    formatSize(memoryBytes),
    ...(run.timeoutScale === 1 ? [] : [`time-outs \u00d7${run.timeoutScale}`]),
  ];
  return printableLine(parts.join(', '));
}
