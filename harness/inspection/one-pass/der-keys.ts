/** So far the patterns look behind: to the beginning of a key of P-384, before its own bytes. */
export const derBeforeBytes = 56;

/** Where such keys are met, in bytes: what names their kind is rarer than how they begin. */
export const derPrefilters = [
  // rsaEncryption, without its first bytes; id-ecPublicKey; Ed25519 with what holds its 32 bytes.
  ...['864886f70d0101', '8648ce3d0201', '2b657004220420'],
  // The lengths of RSA's modulus, of 2048, 3072 and 4096 bits.
  ...['82010100', '82018100', '82020100'],
  // The curve behind the number: P-256, P-384.
  ...['a00a06082a8648', 'a00706052b8104'],
].map((hex) => Buffer.from(hex, 'hex'));

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are patterns of bytes
const patterns = [
  // PKCS #8 (RFC 5958): version 0, the algorithm, and in an octet string the key as below.
  /(?<=\x02\x01\x00\x30\x0d\x06\x09\x2a)\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x82[\s\S]{2}\x30\x82[\s\S]{2}\x02\x01\x00\x02(?:\x81\x81|\x82[\s\S]{2})\x00[\x80-\xff][\s\S]{62}/,
  /(?<=\x02\x01\x00\x30\x13\x06\x07\x2a)\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04(?:\x81[\s\S]|[\x20-\x7f])\x30(?:\x81[\s\S]|[\x20-\x7f])\x02\x01\x01\x04\x20[\s\S]{32}/,
  /(?<=\x02\x01\x00\x30\x10\x06\x07\x2a)\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x04(?:\x81[\s\S]|[\x20-\x7f])\x30(?:\x81[\s\S]|[\x20-\x7f])\x02\x01\x01\x04\x30[\s\S]{48}/,
  // Programs have this beginning as a constant, with zeros behind it: a key has no four of them.
  /(?<=\x02\x01[\x00\x01]\x30\x05\x06\x03)\x2b\x65\x70\x04\x22\x04\x20(?![\s\S]{0,28}\x00{4})[\s\S]{32}/,
  // PKCS #1 (RFC 8017, A.1.2): version 0, modulus, 65537, and the private exponent; not the one within PKCS #8.
  /(?<=\x30\x82[\s\S]{2}\x02\x01\x00\x02)(?<!\x04\x82[\s\S]{2}\x30\x82[\s\S]{2}\x02\x01\x00\x02)\x82(?:\x01\x01\x00[\x80-\xff][\s\S]{255}|\x01\x81\x00[\x80-\xff][\s\S]{383}|\x02\x01\x00[\x80-\xff][\s\S]{511})\x02\x03\x01\x00\x01\x02\x82/,
  // SEC 1 (RFC 5915): version 1, the number, the curve, the public point.
  /(?<=\x30\x77\x02\x01\x01\x04\x20[\s\S]{32})\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\xa1\x44\x03\x42\x00\x04[\s\S]{64}/,
  /(?<=\x30\x81\xa4\x02\x01\x01\x04\x30[\s\S]{48})\xa0\x07\x06\x05\x2b\x81\x04\x00\x22\xa1\x64\x03\x62\x00\x04[\s\S]{96}/,
];
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: they are patterns of bytes

/** Private keys in DER that are not encrypted, as {@link derPrefilters} meet them, on bytes as Latin-1. */
export const derPattern = patterns.map(({ source }) => source).join('|');
