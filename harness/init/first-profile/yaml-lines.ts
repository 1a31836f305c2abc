import { asEvidence } from '../../inspection/file-systems/printable.ts';
import type { SaidValue } from './said-value.ts';

const widestComment = 100;

/** A text from a disk as a scalar of YAML, in one line. Double-quoted strings of JSON are such. */
export function quoted(text: string): string {
  return JSON.stringify(asEvidence(text));
}

/** `  firmware: uefi  # why`; commented out where it is not known. */
export function pairLine(key: string, { value, why, isKnown }: SaidValue): string {
  return entryLine(`${key}: ${value}`, why, isKnown);
}

/** A line with its reason behind it; its indentation stays where it is commented out. */
export function entryLine(text: string, why: string, isKnown = true): string {
  const [, indentation, rest] = /^( *)(.*)$/.exec(text)!;
  return `${indentation}${isKnown ? '' : '# '}${rest}  # ${asEvidence(why)}`;
}

/** A text for people, broken into lines. */
export function commentLines(text: string): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + word.length >= widestComment) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `# ${line}`);
}
