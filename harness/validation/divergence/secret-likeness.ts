import { privateKeysIn } from '../../inspection/residue/private-keys.ts';
import { derKindOf } from './der.ts';
import { knownContentOf } from './known-contents.ts';
import { randomShare } from './random-share.ts';

/**
 * Why a file may hold a secret: it is a `private-key`; it is random and has a `secret-name`; it is `random`, or a random `token` in text, and nothing else is
 * known of it.
 */
export type SecretLikeness = 'private-key' | 'secret-name' | 'random' | 'token';

/** Fewer bytes are too few to say how random they are: a number, a short name. A key has 16 at least. */
const shortestBytes = 16;
/** Of random keys of 16 bytes, two in a thousand are below, of those of 32 bytes hardly one, of longer ones none. Programs have 0.8 at most. */
const leastRandomShare = 0.92;
/** The same for 32 digits, and for 24 letters. */
const leastTokenShare = 0.85;
/** A longer text is none. */
const longestToken = 512;

/** Words of names, between dots, dashes and other marks: `key` is in `ssh_host_rsa_key` and not in `keyboard`. */
const secretWords =
  /(?:^|[^a-z])(?:keys?|keytab|keystore|secrets?|seed|urandom|passwords?|passwd|token|cookie|psk|salt|nonce|pem|p12|pfx|kdbx)(?:[^a-z]|$)/i;
const publicWords = /(?:^|[^a-z])(?:pub|public|trusted|keyrings?|crt|certs?)(?:[^a-z]|$)/i;

/** FHS 3.0, 5.5: what lies here can be made again at any time from other content. */
const caches = /^\/(?:var\/)?cache\//;

/**
 * Says whether a file that a clone has made may hold a secret.
 *
 * @param path Within its file system.
 * @param start Its beginning: of a key, all of it.
 */
export function likenessOf(path: string, start: Buffer): SecretLikeness | undefined {
  if (start.length < shortestBytes) return undefined;
  if (isPrivateKey(start)) return 'private-key';
  if (knownContentOf(start) !== undefined) return undefined;
  const token = isToken(start);
  const isRandom = token || (!isText(start) && randomShare(start) >= leastRandomShare);
  if (!isRandom) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (secretWords.test(name) && !publicWords.test(name)) return 'secret-name';
  if (caches.test(path)) return undefined;
  return token ? 'token' : 'random';
}

/** PEM, OpenSSH, PuTTY, DER; OpenPGP secret keys (RFC 4880, 4.2 and 5.5.3: tag 5 in the old form, version 4). */
function isPrivateKey(start: Buffer): boolean {
  if (privateKeysIn(start).length > 0 || derKindOf(start) === 'private-key') return true;
  return (start[0] === 0x95 && start[3] === 4) || (start[0] === 0x94 && start[2] === 4);
}

/** One line: digits of a hexadecimal number (also with dashes, as a UUID has them), or letters and digits as base64 has them. */
function isToken(start: Buffer): boolean {
  if (start.length > longestToken) return false;
  const text = start.toString('latin1').trim();
  const digits = text.replaceAll('-', '');
  if (/^[0-9a-f]{32,}$/i.test(digits))
    return randomShare(Buffer.from(digits.toLowerCase()), 16) >= leastTokenShare;
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
  return (
    /^[A-Za-z0-9+/_-]{24,}={0,2}$/.test(text) &&
    isMixed &&
    randomShare(Buffer.from(text), 64) >= leastTokenShare
  );
}

/** No byte of it is one that text in ASCII has not. */
function isText(start: Buffer): boolean {
  return start.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
}
