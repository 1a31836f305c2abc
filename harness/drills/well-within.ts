/** Longer than a rebuild, with a restart before and after it; in milliseconds before the time-out scale. */
export const defaultWellWithinMs = 8 * 60_000;
