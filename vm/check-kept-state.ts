import { checkCheckpoints } from './checkpoint/check-checkpoints.ts';
import type { ResolvedMachineSpec } from './machine-spec.ts';
import { checkWriteLog } from './write-log/write-log-node.ts';

/** @throws VM_SPEC_INVALID when of a machine something is to be kept that QEMU cannot keep: its writes, or its state. */
export function checkKeptState(spec: ResolvedMachineSpec): void {
  checkWriteLog(spec.name, spec.disks);
  checkCheckpoints(spec);
}
