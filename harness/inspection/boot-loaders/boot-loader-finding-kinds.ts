import type { FindingKind } from '../finding.ts';

/** What keeps clones of a disk from starting, or makes them start something else. */
export const bootLoaderFindingKinds = [
  {
    id: 'nothing-boots',
    severity: 'error',
    title: 'there is a system on the disk, and nothing that starts it',
    reason:
      'Neither a BIOS nor UEFI nor a known board finds anything to start on a clone in another machine, whose firmware has no entry for it.',
    fix: 'Install the boot loader into the image: grub-install, extlinux and an MBR, bootctl install. If a board or a network starts it, this does not concern you.',
    source: 'UEFI Specification 2.10, section 3.5.1.1; BIOS Boot Specification 1.01, section 6',
  },
  {
    id: 'boot-code-leads-nowhere',
    severity: 'error',
    title: 'the code in the first sector continues in a place where there is nothing',
    reason:
      'A BIOS starts the first sector, and that stops at once ("GRUB", "Geom Error", "Missing operating system").',
    fix: 'Install the boot loader again: grub-install --target=i386-pc, or extlinux --install, and mark the partition as active (sfdisk --activate).',
    source: 'GNU GRUB Manual 2.06, section "Images"; Syslinux, doc/mbr.txt',
  },
  {
    id: 'no-active-partition',
    severity: 'error',
    title: 'the code in the first sector starts the active partition, and there is none, or more than one',
    reason: 'A BIOS ends with "Missing operating system" on every clone.',
    fix: 'Mark the one that starts: sfdisk --activate <disk> <number>; of a GPT the attribute LegacyBIOSBootable: sfdisk --part-attrs.',
    source: 'Syslinux, mbr/mbr.S; sfdisk(8), --activate',
  },
  {
    id: 'efi-fallback-missing',
    severity: 'warning',
    title: 'the EFI system partition has no loader in the place where UEFI looks by itself',
    reason:
      'The master is started by an entry in its firmware (NVRAM). That is not on the disk: a clone in another machine has no such entry, and does not start.',
    fix: 'Install it to \\EFI\\BOOT\\BOOTX64.EFI, too: grub-install --removable (Debian: --force-extra-removable), bootctl install.',
    source: 'UEFI Specification 2.10, section 3.5.1.1: Removable Media Boot Behavior',
  },
  {
    id: 'efi-loader-damaged',
    severity: 'error',
    title: 'the loader in the place where UEFI looks is no program of UEFI',
    reason: 'The firmware refuses it, and the clone does not start.',
    fix: 'Install the boot loader again, and take the image of a system that was shut down.',
    source: 'UEFI Specification 2.10, section 2.1.1; Microsoft PE and COFF specification',
  },
  {
    id: 'boot-reference-missing',
    severity: 'error',
    title: 'something that is needed at the start is named, and is not on this disk',
    reason:
      'The kernel command line, fstab, or the boot loader names a file system or partition that the disk does not have. A clone waits for it and ends in an emergency shell.',
    fix: 'Put in the UUID that blkid shows for this disk, build the initramfs again, and update-grub.',
    source: 'fstab(5); Linux kernel, Documentation/admin-guide/kernel-parameters.txt: root=',
  },
  {
    id: 'boot-file-missing',
    severity: 'error',
    title: 'a boot loader offers nothing whose files are there',
    reason:
      'Its settings name a kernel, an initial RAM disk or a program of UEFI that is not on the disk, in every entry. A clone comes as far as the boot loader, which says "file not found" or waits for somebody to choose.',
    fix: 'Put the files in, or make the settings anew: update-grub, kernel-install add-all, or the names in syslinux.cfg. If the machine gets them from elsewhere (a network, a recovery), accept it.',
    source:
      'SYSLINUX documentation, Config; GNU GRUB Manual 2.06, sections "linux" and "initrd"; UAPI.1 Boot Loader Specification, "Type #1"',
  },
  {
    id: 'boot-entry-broken',
    severity: 'warning',
    title: 'an entry of a boot loader names files that are not there',
    reason:
      'Other entries are whole. Where this one is the default, or is chosen when the others have failed, a clone does not start; which one is taken is not read from the settings.',
    fix: 'Take the entry out, or put its files in: update-grub, kernel-install add-all, or edit syslinux.cfg.',
    source:
      'SYSLINUX documentation, Config; GNU GRUB Manual 2.06, sections "linux" and "initrd"; UAPI.1 Boot Loader Specification, "Type #1"',
  },
  {
    id: 'boot-reference-not-seen',
    severity: 'warning',
    title: 'something that may be absent is named, and was not seen on this disk',
    reason:
      'It is marked as not needed (nofail, noauto), is for waking up only (resume=), or may lie in an encrypted volume, a volume group or a RAID, which were not looked into. Starting may wait for it.',
    fix: 'Remove the line if it is left over from the machine on which the master was made.',
    source: 'fstab(5): nofail; systemd.mount(5): x-systemd.device-timeout=',
  },
  {
    id: 'boot-reference-ambiguous',
    severity: 'error',
    title: 'a file system is named by an identity that several partitions have',
    reason:
      'Which of them is taken depends on the order in which they are found: an update of one copy may be started from the other.',
    fix: 'Give each its own: tune2fs -U random, xfs_admin -U generate, mlabel -n; or name partitions by PARTUUID.',
    source: 'blkid(8); udev, 60-persistent-storage.rules',
  },
  {
    id: 'boot-device-by-order',
    severity: 'warning',
    title: 'a disk is named by the order in which it was found',
    reason:
      '/dev/sda is another disk as soon as a second one, a USB stick or another controller is there, or on hardware with NVMe.',
    fix: 'Name it by PARTUUID= or UUID=, in the kernel command line as well as in fstab.',
    source:
      'Linux kernel, Documentation/admin-guide/kernel-parameters.txt: root=; systemd.net-naming; udev(7)',
  },
  {
    id: 'boot-device-by-hardware',
    severity: 'error',
    title: 'a disk is named by its serial number, or by where it is plugged in',
    reason:
      'No clone has this disk: /dev/disk/by-id names the master’s own, by-path its controller and port.',
    fix: 'Name it by PARTUUID= or UUID=.',
    source: 'udev, 60-persistent-storage.rules',
  },
  {
    id: 'boot-environment-damaged',
    severity: 'warning',
    title: 'the memory of a boot loader is damaged',
    reason:
      'The loader falls back to what was built into it, and forgets which copy of the system is to be started.',
    fix: 'Write it anew: grub-editenv create, fw_setenv; then take the image.',
    source: 'GNU GRUB Manual 2.06, section "Environment block"; U-Boot, env/Kconfig and tools/env/README',
  },
  {
    id: 'boot-state-left',
    severity: 'warning',
    title: 'the boot loader remembers an attempt that the master made',
    reason:
      'A counter of attempts, a mark of a failed start or an order for the next start are part of the image. Every clone begins with them, and may start the other copy, or stop at the menu.',
    fix: 'Start the master once more and shut it down in order, or take the state back: grub-editenv - unset, rauc status mark-good, fw_setenv.',
    source:
      'GNU GRUB Manual 2.06, section "Environment block"; RAUC documentation, "Bootloader interaction"; systemd, Automatic Boot Assessment',
  },
  {
    id: 'boot-files-too-many',
    severity: 'note',
    leavesOpen: true,
    title: 'there are more settings of boot loaders than are looked at',
    reason: 'The rest were not read.',
    fix: 'Remove copies that nobody needs.',
    source: 'Assay: harness/inspection/boot-loaders/boot-limits.ts',
  },
] as const satisfies readonly FindingKind[];

export type BootLoaderFindingId = (typeof bootLoaderFindingKinds)[number]['id'];
