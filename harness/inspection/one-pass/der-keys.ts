/** So far the patterns look behind. */
export const derBeforeBytes = 32;

/**
 * Where private keys in DER are met, in bytes that public keys and certificates rarely have; each of them takes 50 to 90 microseconds a mebibyte.
 */
export const derPrefilters = [
  // PKCS #8 (RFC 5958): the end of the algorithm, and the octet string that has the key. RSA; P-256.
  ...['0d010101050004', 'ce3d03010704'],
  // The curves P-384, P-521 and secp256k1.
  '2b810400',
  // The octet strings of Ed25519 and X25519 (RFC 8410).
  '04220420',
  // PKCS #1 (RFC 8017, A.1.2): version 0, and a modulus.
  '0201000282',
  // SEC 1 (RFC 5915): version 1, and the number.
  '02010104',
].map((hex) => Buffer.from(hex, 'hex'));

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are patterns of bytes
const patterns = [
  /(?<=\x02\x01[\x00\x01]\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7)\x0d\x01\x01\x01\x05\x00\x04\x82[\s\S]{2}\x30\x82[\s\S]{2}\x02\x01\x00\x02(?:\x81[\x81-\xff]|\x82[\s\S]{2})\x00[\x80-\xff][\s\S]{62}/,
  /(?<=\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48)\xce\x3d\x03\x01\x07\x04(?:\x81[\s\S]|[\x20-\x7f])\x30(?:\x81[\s\S]|[\x20-\x7f])\x02\x01\x01\x04\x20[\s\S]{32}/,
  /(?<=\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05)\x2b\x81\x04\x00[\x0a\x22\x23]\x04(?:\x81[\s\S]|[\x20-\x7f])\x30(?:\x81[\s\S]|[\x20-\x7f])\x02\x01\x01\x04(?:\x20[\s\S]{32}|\x30[\s\S]{48}|\x42[\s\S]{66})/,
  // Programs have this beginning as a constant, with zeros behind it: a key has no four of them.
  /(?<=\x02\x01[\x00\x01]\x30\x05\x06\x03\x2b\x65[\x6e\x70])\x04\x22\x04\x20(?![\s\S]{0,28}\x00{4})[\s\S]{32}/,
  // Modulus, public exponent, and the length of the private one; not the one within PKCS #8, which the first pattern has.
  /(?<=\x30\x82[\s\S]{2})(?<!\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x82[\s\S]{2}\x30\x82[\s\S]{2})\x02\x01\x00\x02\x82(?:\x01\x01\x00[\x80-\xff][\s\S]{255}|\x01\x81\x00[\x80-\xff][\s\S]{383}|\x02\x01\x00[\x80-\xff][\s\S]{511}|\x04\x01\x00[\x80-\xff][\s\S]{1023})\x02(?:\x01[\x03-\x7f]|\x03\x01\x00\x01)\x02[\x81\x82]/,
  // The number, and the curve, with a public point behind it or without; not within PKCS #8, where the curve was named before.
  /(?<=\x30[\x20-\x7f]|\x30\x81[\x80-\xff])(?<!(?:\x03\x01\x07|\x2b\x81\x04\x00[\x0a\x22\x23])\x04(?:[\x20-\x7f]|\x81[\s\S])\x30(?:[\x20-\x7f]|\x81[\x80-\xff]))\x02\x01\x01\x04(?:\x20[\s\S]{32}|\x30[\s\S]{48}|\x42[\s\S]{66})\xa0(?:\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07|\x07\x06\x05\x2b\x81\x04\x00[\x0a\x22\x23])/,
];
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: they are patterns of bytes

/** Private keys in DER that are not encrypted, as {@link derPrefilters} meet them, on bytes as Latin-1. */
export const derPattern = patterns.map(({ source }) => source).join('|');
