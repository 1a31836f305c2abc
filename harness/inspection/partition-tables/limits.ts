/** Partitions that are listed: Linux knows no more of one disk (DISK_MAX_PARTS, numbers 1 to 255). */
export const mostPartitions = 255;

/** Boot records that are followed in one extended partition; Linux lists no more than 251 logical drives of a disk. */
export const mostLogicalDrives = 128;

/** The largest array of GPT entries that is read, in bytes: Linux refuses larger ones (KMALLOC_MAX_SIZE, block/partitions/efi.c). */
export const largestEntryArrayBytes = 4 * 1024 ** 2;

/** The largest single entry of a GPT, in bytes; everybody uses 128. */
export const largestEntryBytes = 4096;

/** Findings of one kind on one disk; the last of them says how many more there are. */
export const mostFindingsOfOneKind = 16;

/** Unused space from this length on is told of, in bytes; less is what alignment leaves. */
export const shortestHoleBytes = 1024 ** 2;

/** The longest name of a partition, in characters: 36, of which each may have to be written out (`\u{1f600}`). */
export const longestName = 36 * 9;
