import { longestEvidence } from '../finding.ts';

/**
 * A text from a disk, made fit to be shown: bytes that are no UTF-8, control characters, what turns the direction of writing, and what cannot be
 * seen become `\x1b` or `\u202e`. The same bytes always give the same text.
 */
export function printable(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const isUtf8 = Buffer.from(text, 'utf8').equals(bytes);
  return escapeControls(isUtf8 ? text : escapeNonAscii(bytes));
}

/** As evidence: one printable line of at most {@link longestEvidence} characters. */
export function asEvidence(text: string): string {
  // What is cut away anyway is not looked at: lines of a disk may have mebibytes.
  const lines = text
    .trim()
    .slice(0, 4 * longestEvidence)
    .split('\n');
  const line = escapeControls(
    lines
      .map((one) => one.trim())
      .filter(Boolean)
      .join('; '),
  );
  return line.length <= longestEvidence
    ? line
    : `${line.slice(0, longestEvidence - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function escapeNonAscii(bytes: Buffer): string {
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
  ).join('');
}

/** Categories: controls, formats (directions, zero widths), surrogates, private use, separators of lines and paragraphs. */
function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
