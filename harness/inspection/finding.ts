/** How much a finding weighs: an `error` keeps a disk from being cloned, a `warning` wants an answer, a `note` is to be known. */
export type Severity = 'error' | 'warning' | 'note';

/** One kind of finding, as data; docs/findings.md is made of them. */
export interface FindingKind {
  /** `gpt-backup-damaged`. */
  id: string;
  severity: Severity;
  /** What is wrong, in one line without a full stop: `the backup of the partition table is damaged`. */
  title: string;
  /** What it does to a disk that is cloned ten thousand times, in sentences. */
  reason: string;
  /** What to do about it, in sentences; commands where there are any. */
  fix: string;
  /** Something could not be looked at: without an answer, a disk on which nothing else is wrong is not called fit. */
  leavesOpen?: true;
  /** Where it is known from: the section of a standard, a manual page, a report. */
  source: string;
}

/** What was seen on one disk. */
export interface Finding {
  /** The `id` of its kind. */
  kind: string;
  /** The place, for people: `partition 2, /etc/machine-id`, `sector 1`. */
  where: string;
  /** Where a finding is of several places, all of them in the form of `where`; left out when they are too many to be named. */
  places?: readonly string[];
  /** The same in bytes from the beginning of the disk, where that can be said. */
  range?: ByteRange;
  /** What was seen there: one printable line of at most {@link longestEvidence} characters, never a secret itself. */
  evidence: string;
}

/** A part of a disk, in bytes from its beginning. */
export interface ByteRange {
  offsetBytes: number;
  lengthBytes: number;
}

/** In characters. */
export const longestEvidence = 300;
