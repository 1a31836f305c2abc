import type { FindingKind } from '../../inspection/finding.ts';

const source = 'Assay H5 (divergence of clones)';

/** What the comparison of clones with their master can find. */
export const divergenceFindingKinds = [
  {
    id: 'same-secret-on-all-clones',
    severity: 'error',
    title: 'all clones have made the same secret',
    reason:
      'Each clone wrote this file on its own, on other hardware, and all of them have the same private key, or the same random bytes under the name of a secret. So it is not made of chance: it was derived from something that all clones share, such as a seed or a key in the master, a fixed password, or a clock and a version. It is an error because the file says itself what it is for, and because whoever has one unit has the secret of all of them.',
    fix: 'Find what writes the file at the first boot, and let it take its randomness from the kernel (getrandom(2), /dev/urandom) once that is ready. Remove from the master what it was derived from: a random seed, a key, a token.',
    source,
  },
  {
    id: 'same-random-data-on-all-clones',
    severity: 'warning',
    title: 'all clones have made the same random data',
    reason:
      'Each clone wrote this file on its own, and on all of them it has the same content, which is as random as a key, or looks like an identifier. Nothing says that it is a secret, so it is no error: data that was encrypted, packed or downloaded the same way looks like this, too. Known packed formats, pictures, fonts, programs, public keys, certificates and caches are left out.',
    fix: 'Look at what writes the file. If it is a key, a seed or an identifier: make it from the randomness of the kernel, and remove from the master what it is derived from. If it is neither, accept the finding for this file in the profile, with the reason.',
    source,
  },
  {
    id: 'written-outside-of-partitions',
    severity: 'warning',
    title: 'a clone has written outside of its partitions',
    reason:
      'These sectors belong to no partition, nor to an area that the profile names. A boot loader that keeps its state there, a table that grows at the first boot and a licence that is bound to the unit do so on purpose; something else that does overwrites boot code or tables one day, and no file system notices.',
    fix: 'If it is on purpose, name the area in the profile (rawAreas), or accept the finding with the reason. Otherwise find the program that opens the whole disk for writing.',
    source,
  },
  {
    id: 'partition-changed-that-may-not',
    severity: 'error',
    title: 'a clone has changed a partition on which nothing may change',
    reason:
      'The profile says that nothing on this partition changes while the appliance runs. What changes there wears out with every boot, can be damaged by every power cut, and makes signatures and digests of the partition wrong.',
    fix: 'Mount it read-only from the first moment: ro on the command line of the kernel and in fstab, for ext4 with noload, or a read-only file system. That a file system was mounted for writing changes its superblock already. If it may change, take changes: false out of the profile.',
    source,
  },
  {
    id: 'clone-file-system-in-use',
    severity: 'warning',
    title: 'a clone was off, and its file system was still in use',
    reason:
      'The machine was told to shut down, and when it was off, by itself or because its plug had to be pulled, a file system was not closed: its last changes may lie in its journal only. Each shutdown is a small power cut then. The files of this partition were compared as they lie there.',
    fix: 'Let the shutdown unmount it, or mount it read-only, before the power goes off.',
    source,
  },
  {
    id: 'divergence-incomplete',
    severity: 'warning',
    leavesOpen: true,
    title: 'not all that a clone has changed could be compared',
    reason:
      'A file system that is not read here, or a limit, kept some of the changes from being compared. The same secret on all clones could be among them.',
    fix: 'Look at what is named. A limit is met by clones that write very much: look at why they do.',
    source,
  },
] as const satisfies readonly FindingKind[];

export type DivergenceFindingId = (typeof divergenceFindingKinds)[number]['id'];
