import { longestLineCharacters, mostLines } from './residue-limits.ts';

/** The lines of a file, also of a binary one with texts that end in a zero (U-Boot's environment): so many, each cut at its limit. */
export function textLines(content: Buffer): string[] {
  return content
    .toString('utf8')
    .split(/[\n\r\0]/, mostLines)
    .map((line) => line.slice(0, longestLineCharacters));
}
