import type { FindingKind } from '../finding.ts';
import { needles } from './needles.ts';

const forAllClones = 'Every clone has it, and whoever holds one clone can read it.';

/** What the one reading of the whole disk can find; the kinds of {@link needles} are among them. */
export const onePassFindingKinds: readonly FindingKind[] = [
  ...needles.map(({ kind }) => kind),
  {
    id: 'secrets-in-used-blocks',
    severity: 'warning',
    title: 'blocks that are in use and belong to no known file hold secrets',
    reason: `The search through all bytes of the disk met them in blocks that the file system has given away, but not in the content of a file that was seen. The journal has old copies of blocks, and what lay there before it was made; a folder, an attribute of a file, space that a file was given and has never written, and the end of its last block are possible, too. Where the limit of entries or of the search is reached, or the file system is not one whose files can be placed, it may be any file. ${forAllClones}`,
    fix: 'Ask debugfs what has the block at the byte that is named (icheck, ncheck). A journal is made anew by tune2fs -O ^has_journal and tune2fs -j, on a file system that is clean and not mounted; overwrite free space after that (zerofree). Surest is to make the file system anew on zeros, and to copy the files into it.',
    source: 'Linux, Documentation/filesystems/ext4/journal.rst, ifork.rst; debugfs(8); tune2fs(8)',
  },
  {
    id: 'secrets-in-programs',
    severity: 'note',
    title: "kernel, programs or libraries in a distribution's folders have keys or password hashes in them",
    reason:
      'Programs test themselves with keys that everybody knows: GnuTLS has six in its library, OpenSSL one of each length for `openssl speed`, the kernel that of its crypto tests. Such a key is the same on every machine in the world that has the package, and protects nothing. An image of a system, for recovery or as a container, has those of its programs. That a file lies in /usr/lib or /usr/bin does not prove that a distribution made it.',
    fix: 'Nothing, unless one of the programs is your own: then take the key out of it, and make one on each unit at first boot.',
    source:
      'GnuTLS, lib/crypto-selftests-pk.c; OpenSSL, apps/testrsa.h; Linux, crypto/testmgr.h; FIPS 140-3, self-tests; Filesystem Hierarchy Standard 3.0, chapter 4',
  },
  {
    id: 'secrets-in-own-programs',
    severity: 'warning',
    title: 'a program has a secret in it that no distribution puts there',
    reason: `It is a program or library outside of the folders of distributions; or it has a token or a key of a tunnel in it, which no self-test needs. ${forAllClones} A secret in a program is found with strings(1), and cannot be changed without a new version. Of a library that was only copied there, it may be a key of self-tests.`,
    fix: 'Take it out of the program, replace it, and let each unit make its own at first boot. Where it is a key of self-tests, accept the finding for this file in the profile.',
    source: 'CWE-321, CWE-798; ETSI EN 303 645, provision 5.4-3',
  },
  {
    id: 'secrets-in-test-files',
    severity: 'warning',
    title: 'a file of the tests, examples or documentation of a package has a secret in it',
    reason:
      'Most probably it came with the package, is known to everybody, and protects nothing. It does harm where a service is configured with it.',
    fix: 'Remove the file, or accept the finding for it in the profile when no service uses it.',
    source: 'CWE-1394; Filesystem Hierarchy Standard 3.0, 4.11 (/usr/share/doc)',
  },
  {
    id: 'secrets-too-many',
    severity: 'warning',
    leavesOpen: true,
    title: 'there are more secrets than are listed',
    reason:
      'Only the first places of each kind are listed (in free space, in swap, outside of partitions), and a search that meets too much that looks like one ends. What comes behind has not been judged one by one.',
    fix: 'Do away with the places that are listed, overwrite free space, and look again.',
    source: 'Assay H5',
  },
  {
    id: 'free-space-unreadable',
    severity: 'warning',
    leavesOpen: true,
    title: 'what a file system says about its free space makes no sense',
    reason:
      'Whether a secret lies in a file or in free space could not be told, because the map of used blocks is damaged or points outside of the file system.',
    fix: 'Check the file system: e2fsck -fn, fsck.fat -n.',
    source: 'Linux, Documentation/filesystems/ext4/bitmaps.rst; Microsoft FAT specification 1.03',
  },
  {
    id: 'raw-data-outside-partitions',
    severity: 'note',
    title: 'there is data outside of partitions',
    reason:
      'It is cloned with the disk. Boot loaders lie there, and licences of some programs; what was left of an older use of the disk does, too, and no file system will ever overwrite it.',
    fix: 'Declare what belongs there in the profile. Overwrite the rest with zeros (dd if=/dev/zero with seek and count), or make the master on a disk that was empty.',
    source: 'UEFI 2.10, 5.2; GRUB manual 2.06, 3.4 (BIOS installation)',
  },
  {
    id: 'raw-data-declared',
    severity: 'note',
    title: 'sectors outside of partitions are kept for a purpose, as the profile says',
    reason:
      'They were not judged, and not searched for secrets. They are part of the digest, and cloned as they are.',
    fix: 'Nothing, if the profile is right: a licence that is bound to one unit must not be in a master.',
    source: 'Assay H5',
  },
  {
    id: 'raw-data-too-many',
    severity: 'warning',
    title: 'there are more stretches of data outside of partitions than are listed',
    reason:
      'Only the first ones are listed. Most probably the partition table is not the one that the data was written with.',
    fix: 'Look at the partition table first, and inspect the disk again.',
    source: 'Assay H5',
  },
];
