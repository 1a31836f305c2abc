/** What a file in DER is (X.690): certificates and public keys are a sequence in a sequence, private keys have a number first. */
export type DerKind = 'private-key' | 'public';

/** `1.2.840.113549.1.5`, the algorithms by which keys are encrypted with a password (RFC 8018), as bytes. */
const passwordBased = Buffer.from('2a864886f70d0105', 'hex');

/** Versions of private keys: RFC 8017 (A.1.2), RFC 5915 and RFC 5958 have 0 and 1, PKCS #12 (RFC 7292) has 3. */
const versions = [0, 1, 3];

/** Undefined for what is not in DER, and for what is none of these. */
export function derKindOf(start: Buffer): DerKind | undefined {
  if (start[0] !== 0x30) return undefined;
  // One byte of length, or how many bytes of it follow.
  const lengthBytes = start[1]! < 0x80 ? 1 : 1 + (start[1]! & 0x7f);
  const content = start.subarray(1 + lengthBytes);
  if (content[0] === 0x02 && content[1] === 1)
    return versions.includes(content[2]!) ? 'private-key' : undefined;
  if (content[0] !== 0x30) return undefined;
  return content.subarray(0, 32).includes(passwordBased) ? 'private-key' : 'public';
}
