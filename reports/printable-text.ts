import { stripVTControlCharacters } from 'node:util';

/**
 * Makes a guest's bytes harmless to show: terminal sequences are taken out, and what is left of control, format
 * and direction-changing characters is written as an escape (`\x00`, `\u{202e}`). Line feeds stay.
 */
export function printableText(text: string): string {
  return stripVTControlCharacters(text.toWellFormed())
    .replace(/\r+(?=\n|$)/g, '')
    .replaceAll('\t', '    ')
    .replace(/[^\P{Cc}\n]|[\p{Cf}\p{Co}\u2028\u2029]/gu, escapeCharacter);
}

/** The same on one line: line feeds become spaces. */
export function printableLine(text: string): string {
  return printableText(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

/** A path or command on one line that must be copied exactly: nothing is taken out, only escaped. */
export function printableCommand(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
}
