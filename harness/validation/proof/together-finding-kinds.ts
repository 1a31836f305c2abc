import type { FindingKind } from '../../inspection/finding.ts';

const source =
  'Assay H5: original and clone in one machine, in both orders; file systems on both have the same UUIDs, labels and partition ids';

/** What attaching a disk and its clone to one machine can find. */
export const togetherFindingKinds = [
  {
    id: 'boots-one-disk-and-writes-the-other',
    severity: 'warning',
    title: 'with its clone attached, it boots from one disk and works on the other',
    reason:
      'The firmware started the one disk, and only the other was written. Both have the same UUIDs and labels, and the system took the wrong one by them. Whoever attaches a unit’s disk beside a clone, to save its data or to clone it in the appliance itself, changes the disk that was to stay as it is, and sees nothing of it. It is a warning, for clones that stay alone are not harmed, and every system that finds its partitions by UUID does it.',
    fix: 'Let the system find its partitions on the disk that it was started from: the boot loader passes that on (PARTUUID of a disk with an id of its own, the path of the device, or its serial number), or the initial file system refuses to go on when a UUID is there twice.',
    source,
  },
  {
    id: 'writes-both-disks',
    severity: 'warning',
    title: 'with its clone attached, it writes to both disks',
    reason:
      'One system has taken parts of itself from each of the two disks, or has written to the one that it did not need. Neither of the disks is what it was, and what belongs together may lie on both. When one of them is taken out, half of what was written is gone. It is a warning for the same reason as the one above.',
    fix: 'As above: all of its partitions have to be found on the disk that it was started from. Where it only looks at the other disk, such as for data to be saved, let it mount that read-only (for ext4 with noload).',
    source,
  },
  {
    id: 'not-ready-with-its-clone-attached',
    severity: 'warning',
    title: 'with its clone attached, it does not become ready',
    reason:
      'It does not start while a disk with the same content is there. That is better than to take the wrong one; but whoever clones disks in the appliance itself, or attaches an old disk to save its data, does not get on, and does not see why.',
    fix: 'Let it say on its console that the disk is there twice. Where this never happens, accept the finding with the reason.',
    source,
  },
] as const satisfies readonly FindingKind[];

export type TogetherFindingKind = (typeof togetherFindingKinds)[number]['id'];
