import { randomBytes } from 'node:crypto';

export interface Mail {
  from: string;
  to: readonly string[];
  subject: string;
  text: string;
  time: Date;
  /** The name of this machine. */
  host: string;
}

/**
 * A message as it goes over the wire (RFC 5322), with CRLF at the end of each line. Text that is not plain ASCII, or has
 * long lines, is encoded (RFC 2045, section 6.8), so that every server takes it. Pure but for the message's identifier.
 */
export function composeMail({ from, to, subject, text, time, host }: Mail): string {
  const isPlain = /^[\x20-\x7e\t\r\n]*$/.test(text) && text.split('\n').every((line) => line.length <= 900);
  const lines = isPlain ? text.split(/\r\n|\r|\n/) : base64Lines(text);
  return [
    `Date: ${time.toUTCString().replace('GMT', '+0000')}`,
    `From: <${from}>`,
    `To: ${to.map((address) => `<${address}>`).join(', ')}`,
    `Subject: ${encodeWord(subject)}`,
    `Message-ID: <${randomBytes(12).toString('hex')}@${host}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${isPlain ? '7bit' : 'base64'}`,
    '',
    ...lines,
  ]
    .map((line) => `${line}\r\n`)
    .join('');
}

function base64Lines(text: string): string[] {
  return (
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  );
}

/** One line, and an encoded word where it needs one (RFC 2047, section 2: at most 75 characters each). */
function encodeWord(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 200);
  if (/^[\x20-\x7e]*$/.test(line)) return line;
  // Ten characters have at most 40 bytes, and these 56 of base64.
  const parts = [...line].reduce<string[]>((parts, character, index) => {
    if (index % 10 === 0) parts.push('');
    parts.push(parts.pop()! + character);
    return parts;
  }, []);
  return parts.map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
}
