/** A private key that was found in a file, without anything of the key itself. */
export interface PrivateKey {
  /** `RSA`, `OpenSSH`, `OpenPGP`, `PuTTY`; `PKCS #8` when the file does not say. */
  format: string;
  isEncrypted: boolean;
  /** The block as it stands there, for a fingerprint. */
  block: string;
}

/** So many are looked for in one file. */
const mostKeys = 20;

/** A block in the text: of a key with 16,384 bits it has 13 KB. */
const longestBlock = 16 * 1024;

const opensshMagic = 'openssh-key-v1\0';

/** The names of PEM's labels (RFC 7468, RFC 1421) that say more than `PRIVATE KEY`. */
const formatNames: Record<string, string> = {
  '': 'PKCS #8',
  ENCRYPTED: 'PKCS #8',
  OPENSSH: 'OpenSSH',
  PGP: 'OpenPGP',
};

/**
 * Private keys in a text: PEM (RFC 7468; RFC 1421 for `Proc-Type: 4,ENCRYPTED`), OpenSSH (PROTOCOL.key), OpenPGP in armour, PuTTY. Only blocks with a
 * line of content count, so that a script that looks for keys is none.
 */
export function privateKeysIn(content: Buffer): PrivateKey[] {
  const text = content.toString('latin1');
  const pem =
    /-----BEGIN ((?:[A-Z0-9]{1,20} ){0,2})PRIVATE KEY(?: BLOCK)?-----(?:\r?\n|\\n)(?=[A-Za-z0-9+/=:,. -]{20})/g;
  const keys: PrivateKey[] = [];
  for (const match of text.matchAll(pem)) {
    const label = match[1]!.trim();
    const block = text.slice(match.index, match.index + longestBlock).split('-----END')[0]!;
    const isEncrypted =
      label === 'ENCRYPTED' || block.includes('Proc-Type: 4,ENCRYPTED') || isEncryptedOpenssh(label, block);
    keys.push({ format: formatNames[label] ?? label, isEncrypted, block });
    if (keys.length >= mostKeys) break;
  }
  const [putty] = /^PuTTY-User-Key-File-\d: .{1,100}\r?\n/.exec(text) ?? [];
  if (putty !== undefined) {
    const block = text.slice(0, longestBlock);
    keys.push({ format: 'PuTTY', isEncrypted: !/^Encryption: none\r?$/m.test(block), block });
  }
  return keys;
}

/** The name of the cipher is the first field behind the magic; `none` when there is no passphrase. */
function isEncryptedOpenssh(label: string, block: string): boolean {
  if (label !== 'OPENSSH') return false;
  const body = Buffer.from(block.slice(block.indexOf('\n') + 1, 200), 'base64');
  if (body.toString('latin1', 0, opensshMagic.length) !== opensshMagic) return false;
  const lengthAt = opensshMagic.length;
  if (body.length < lengthAt + 4) return false;
  const length = body.readUInt32BE(lengthAt);
  return body.toString('latin1', lengthAt + 4, lengthAt + 4 + Math.min(length, 64)) !== 'none';
}
