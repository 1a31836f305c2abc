/** Files of settings that are read, of one file system. */
export const mostBootFiles = 100;

/** The files of settings of all file systems together: they are in memory at once, and a table may name the same file system 255 times. */
export const allBootFilesBytes = 8 * 1024 ** 2;

/** Findings of one kind, of the whole disk. */
export const mostFindingsOfOneKind = 200;

/** Places of U-Boot's environment that settings name, of the whole disk. */
export const mostEnvironments = 64;

/** The beginning of a file of settings; a grub.cfg with twenty kernels has 30 KiB. */
export const bootFileBytes = 256 * 1024;

/** Programs of UEFI that are looked at, of one file system. */
export const mostEfiPrograms = 50;

/** The same of all file systems together. */
export const mostEfiProgramsOfDisk = 400;

/** The beginning of a program of UEFI: GRUB has its version behind two mebibytes. */
export const efiProgramBytes = 4 * 1024 ** 2;

/** Names of file systems and disks in one file; more of them say no more. */
export const mostReferences = 200;
