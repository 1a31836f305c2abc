import { referencesIn } from '../../inspection/boot-loaders/boot-references.ts';
import type { BootSystem } from '../../inspection/boot-loaders/index.ts';

/** The partition that a text names as fstab(5) and the kernel's `root=` do: `UUID=…`, `LABEL=…`, `/dev/sda2`; undefined where it is none of the disk's. */
export function namedPartition(text: string, systems: readonly BootSystem[]): BootSystem | undefined {
  // A line of a slot of RAUC holds nothing but the name.
  const [reference] = referencesIn({ kind: 'rauc', text: `device=${text}` });
  if (reference === undefined) return undefined;
  const { by, value } = reference;
  return systems.find(({ partition, fileSystem }) => {
    switch (by) {
      case 'uuid':
        return fileSystem.uuid?.toLowerCase() === value;
      case 'label':
        return fileSystem.label === value;
      case 'partition-uuid':
        return partition.uniqueId?.toLowerCase() === value;
      case 'partition-label':
        return partition.name === value;
      case 'order':
        return partition.number === Number(/(?:(?:nvme\d+n|mmcblk)\d+p|[a-z])(\d+)$/.exec(value)?.[1]);
      default:
        return false;
    }
  });
}
