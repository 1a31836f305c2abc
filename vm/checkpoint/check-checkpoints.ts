import { vmErrors } from '../errors.ts';
import type { ResolvedMachineSpec } from '../machine-spec.ts';

/** @throws VM_SPEC_INVALID when the state of a machine declared with `checkpoints: true` cannot be kept. */
export function checkCheckpoints(spec: ResolvedMachineSpec): void {
  if (!spec.checkpoints) return;
  const tried = `let checkpoints be taken of machine ${spec.name}`;
  const nvme = spec.disks.find(({ controller }) => controller === 'nvme');
  if (nvme !== undefined) {
    throw vmErrors.VM_SPEC_INVALID({
      tried,
      expected: 'disks on virtio, ahci, scsi or usb',
      got: `disk ${nvme.name} on nvme, whose state QEMU cannot save`,
    });
  }
  const network = spec.nics.find((nic) => nic.network !== undefined)?.network;
  if (network !== undefined) {
    throw vmErrors.VM_SPEC_INVALID({
      tried,
      expected: 'cards on networks of their own',
      got: `a card on the network ${network}, where every fork would have the same MAC address`,
    });
  }
}
