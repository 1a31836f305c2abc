/** A program that Assay starts on the host, or a file that it takes from there, and the Debian package that has it. */
export interface HostTool {
  /** Of a program; of a file its absolute path. */
  name: string;
  debianPackage: string;
  purpose: string;
}

/**
 * Every program that Assay starts on the host, and every file that it takes from there. `./setup` installs these packages (a test compares the two),
 * `assay doctor` checks them, and a missing one names its package.
 */
export const hostTools: readonly HostTool[] = [
  { name: 'qemu-system-x86_64', debianPackage: 'qemu-system-x86', purpose: 'emulates the machines' },
  { name: 'cp', debianPackage: 'coreutils', purpose: 'copies disks, holes as holes' },
  { name: 'find', debianPackage: 'findutils', purpose: 'lists what runs have left, to merge them' },
  { name: 'dd', debianPackage: 'coreutils', purpose: 'drops files from the page cache' },
  {
    name: '/usr/share/OVMF/OVMF_CODE_4M.fd',
    debianPackage: 'ovmf',
    purpose: 'starts machines whose firmware is UEFI; the template of its variables lies beside it',
  },
  { name: 'qemu-img', debianPackage: 'qemu-utils', purpose: 'makes overlays of disks' },
  { name: 'setpriv', debianPackage: 'util-linux', purpose: 'ends machines with the runner' },
  { name: 'prlimit', debianPackage: 'util-linux', purpose: 'limits tools that read strange disks' },
  { name: 'mkfifo', debianPackage: 'coreutils', purpose: 'makes the pipes of serial ports' },
  { name: 'sfdisk', debianPackage: 'fdisk', purpose: 'reads partition tables, as a witness' },
  { name: 'mke2fs', debianPackage: 'e2fsprogs', purpose: 'makes ext4 file systems' },
  { name: 'debugfs', debianPackage: 'e2fsprogs', purpose: 'fills and reads ext4 without mounting' },
  { name: 'e2fsck', debianPackage: 'e2fsprogs', purpose: 'checks ext4' },
  { name: 'dumpe2fs', debianPackage: 'e2fsprogs', purpose: 'tells the state of ext4, as a witness' },
  { name: 'blkid', debianPackage: 'util-linux', purpose: 'recognises file systems, as a witness' },
  { name: 'mkfs.fat', debianPackage: 'dosfstools', purpose: 'makes FAT file systems' },
  { name: 'fsck.fat', debianPackage: 'dosfstools', purpose: 'checks FAT' },
  { name: 'mcopy', debianPackage: 'mtools', purpose: 'fills FAT without mounting' },
  { name: 'mshowfat', debianPackage: 'mtools', purpose: 'finds the clusters of files' },
  { name: 'syslinux', debianPackage: 'syslinux', purpose: 'installs the boot loader' },
  {
    name: '/usr/lib/syslinux/mbr/mbr.bin',
    debianPackage: 'syslinux-common',
    purpose: 'starts the active partition; the modules of the boot loader lie beside it',
  },
  { name: 'socat', debianPackage: 'socat', purpose: 'leads connections of guests to services of the host' },
  { name: 'mksquashfs', debianPackage: 'squashfs-tools', purpose: 'packs the system of a recovery medium' },
  { name: 'unsquashfs', debianPackage: 'squashfs-tools', purpose: 'reads squashfs without mounting' },
  { name: 'xorriso', debianPackage: 'xorriso', purpose: 'makes the image of a recovery medium' },
  { name: 'as', debianPackage: 'binutils', purpose: 'assembles the master boot record' },
  { name: 'ld', debianPackage: 'binutils', purpose: 'links the master boot record' },
  { name: 'strip', debianPackage: 'binutils', purpose: 'takes symbols out of programs' },
  { name: 'readelf', debianPackage: 'binutils', purpose: 'reads which libraries and modules files need' },
  { name: 'apt-get', debianPackage: 'apt', purpose: 'downloads the packages of operating systems' },
  { name: 'apt-cache', debianPackage: 'apt', purpose: 'looks packages up' },
  { name: 'dpkg-deb', debianPackage: 'dpkg', purpose: 'unpacks them' },
];
