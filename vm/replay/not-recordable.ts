import type { ResolvedMachineSpec } from '../machine-spec.ts';

/** Why QEMU cannot record a machine so that its replay is exact, in words; undefined where it can. Pure. */
export function notRecordable(spec: ResolvedMachineSpec): string | undefined {
  const intercepted = spec.disks.find((disk) => disk.intercepted);
  if (intercepted) {
    return `the requests of its disk ${intercepted.name} pass through Assay, and what that does to them is in no recording of QEMU`;
  }
  if (spec.virtualTime) return 'its time is virtual, and QEMU 7.2 hangs when it records such a machine';
  if (spec.cpus > 1) return `it has ${spec.cpus} processors, and QEMU records machines that have one`;
  if (spec.checkpoints) return 'it is declared with checkpoints, which cannot be taken while QEMU records';
  return undefined;
}
