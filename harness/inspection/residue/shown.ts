import { printable } from '../file-systems/printable.ts';
import { longestShownPath } from './residue-limits.ts';

/** A text from the disk, fit to be part of a line of evidence: printable, on one line, and not too long. */
export function shown(text: string): string {
  const line = printable(Buffer.from(text.slice(0, longestShownPath + 1)));
  return line.length <= longestShownPath ? line : `${line.slice(0, longestShownPath - 1)}…`;
}
