/** Of a file so much is read where its rule does not say. */
export const usualReadBytes = 64 * 1024;

/** No rule may ask for more of one file. */
export const largestReadBytes = 1024 ** 2;

/** Lines are cut there before a regular expression sees them, so that its work is bounded whatever the disk holds. */
export const longestLineCharacters = 512;

/** What a regular expression may try on one line of that length, by its structure; see {@link patternProblem}. */
export const costliestPattern = 300_000;

export const longestPatternCharacters = 500;

/** Of one file, in the order in which they stand there. */
export const mostLines = 20_000;

/** Places that one rule may find in one partition. */
export const mostMatches = 100_000;

/** Files that are read for one rule in one partition. */
export const mostFilesRead = 1_000;

/** All files of one partition together. */
export const mostBytesRead = 256 * 1024 ** 2;

/** What is in memory at once. */
export const batchBytes = 16 * 1024 ** 2;

/** What one run of a tool is asked for. */
export const batchFiles = 500;

/** Links to links are followed so far. */
export const mostLinkHops = 8;

/** Homes from /etc/passwd that are neither /root nor below /home, of all file systems of a disk together. */
export const mostHomes = 100;

/** Places that one partition may have in the running system; a disk of hostile mounts and deployments would have millions. */
export const mostPlaces = 50;

/** Lines of /etc/fstab, of all file systems of a disk together. */
export const mostMounts = 100;

/** Paths that one finding names. */
export const mostExamples = 5;

/** A path is shown up to there. */
export const longestShownPath = 120;
