/** What is compared, in bytes: the blocks of file systems and the pages of the kernel. */
export const changedBlockBytes = 4096;

/** Blocks of one clone whose content is known, 18 bytes each: 4 GiB of changes. More are counted only. */
export const mostChangedBlocks = 1_000_000;

/** Stretches outside of partitions that one clone has changed. */
export const mostOutsideRanges = 1000;

/** Changed files of one clone; a first boot changes some hundreds. */
export const mostChangedFiles = 20_000;

/** Of one file; of a longer one, the beginning stands for it. Trees give no more of a file, either. */
export const largestComparedFileBytes = 64 * 1024 ** 2;

/** Of all files of one clone and of its master together; beyond it, files are told apart by what their folders say. */
export const mostComparedBytes = 4 * 1024 ** 3;

/** So much of the beginning of a file says how random it is. */
export const entropyBytes = 64 * 1024;

/** Files in a report. */
export const mostReportedFiles = 1000;

/** Places that one finding names. */
export const mostNamedPlaces = 20;
