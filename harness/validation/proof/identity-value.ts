import { createHash } from 'node:crypto';
import { printable } from '../../inspection/file-systems/printable.ts';
import { textLines } from '../../inspection/residue/text-lines.ts';
import type { IdentityRule } from './identity-rule.ts';

const longestValueCharacters = 64;

/**
 * The identity in what a file holds or a command printed, fit for a report: a printable line of at most 64 characters. Of secrets, of private keys whatever the
 * rule says of them, and of what is longer or no text, it is `sha256:` and the first 16 digits of it.
 *
 * @returns null where there is none: it is empty, or no line matches.
 */
export function identityValue(
  content: Buffer,
  { pattern, reads, isSecret }: Pick<IdentityRule, 'pattern' | 'reads' | 'isSecret'>,
): string | null {
  const isKey = isSecret || /PRIVATE KEY/.test(content.toString('latin1'));
  if (reads === 'ssh-public-key' && !isKey) return sshFingerprint(content);
  const found = pattern === undefined ? withoutSpace(content) : firstMatch(content, pattern);
  if (found === null || found.length === 0) return null;
  const text = printable(found);
  const isShort = text.length <= longestValueCharacters && text === found.toString('utf8');
  return isShort && !isKey ? text : digestOf(found);
}

/** Several of them as one: for files whose names are made up, too. */
export function joinedValues(values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const sorted = [...new Set(values)].sort();
  return sorted.length === 1 ? sorted[0]! : digestOf(Buffer.from(sorted.join('\n')));
}

/** `ssh-ed25519 AAAA… root@host`: the host's name at its end is no part of the key. */
function sshFingerprint(content: Buffer): string | null {
  const [, blob] =
    /^[a-z0-9@.-]{1,60} ([A-Za-z0-9+/]{20,4000}={0,2})/m.exec(content.toString('latin1')) ?? [];
  if (blob === undefined) return null;
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

function firstMatch(content: Buffer, pattern: string): Buffer | null {
  const expression = new RegExp(pattern);
  for (const line of textLines(content)) {
    const match = expression.exec(line);
    if (match) return Buffer.from(match[1] ?? match[0]);
  }
  return null;
}

function withoutSpace(content: Buffer): Buffer {
  const text = content.toString('utf8');
  return Buffer.from(text, 'utf8').equals(content) ? Buffer.from(text.trim()) : content;
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
}
