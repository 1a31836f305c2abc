import { distance } from 'fastest-levenshtein';
import { KernelLineSplitter } from './kernel-lines.ts';

/** So many characters of fourteen may be wrong; what a guest prints of itself is never so near to a random word. */
const maxChanged = 3;

/**
 * The line in which the command loop's answer shows, damaged: its random word with characters missing, doubled or
 * changed, an answer of another form, a command's number that was never given. Nothing but the console itself can have
 * done that. To be asked when command `sequence` is overdue: its end is no good one then, for it was not taken.
 *
 * @param lines What came last.
 */
export function garbledFrame(lines: readonly string[], nonce: string, sequence: number): string | undefined {
  return withoutKernelLines(lines).find((line) => {
    const starts = [...line.matchAll(new RegExp(`@${nonce}:`, 'g'))].map(({ index }) => line.slice(index));
    return starts.length === 0
      ? hasDamagedNonce(line, nonce)
      : starts.some((frame) => isDamaged(frame, nonce, sequence));
  });
}

/** The kernel prints into the middle of everything, which damages nothing. */
function withoutKernelLines(lines: readonly string[]): string[] {
  const pieces = new KernelLineSplitter().push(lines.join('\n'));
  const programs = pieces.filter(({ kind }) => kind === 'program').map(({ text }) => text);
  return programs.join('').split('\n');
}

function isDamaged(frame: string, nonce: string, sequence: number): boolean {
  const found = new RegExp(`^@${nonce}:(\\d+):([beghx]):[\\d.]*;`).exec(frame);
  if (!found) return true;
  const number = Number(found[1]);
  const kind = found[2]!;
  return number > sequence || kind === 'g' || (number === sequence && 'ex'.includes(kind));
}

function hasDamagedNonce(line: string, nonce: string): boolean {
  const form = /^@([a-z0-9]*):\d+:[beghx]:[\d.]*;$/.exec(line);
  if (form) return form[1]!.length !== nonce.length || distance(form[1]!, nonce) <= maxChanged;
  const wanted = `@${nonce}:`;
  for (let length = wanted.length - 2; length <= wanted.length + 2; length += 1) {
    for (let start = 0; start + length <= line.length; start += 1) {
      if (distance(wanted, line.slice(start, start + length)) <= maxChanged) return true;
    }
  }
  return false;
}
