/**
 * Says why a serial number identifies nothing, or undefined when it may. Firmware is full of values that whole
 * batches of boards share; one of them accepted makes two appliances one (spec M8a).
 *
 * @param serial Canonical text, see {@link canonicalSerial}.
 */
export function serialPlaceholderReason(serial: string): string | undefined {
  const bare = serial.replace(/[^0-9A-Z]/g, '');
  if (bare === '') return 'holds no letter or digit';
  if (fillerWords.some((word) => word.test(serial))) return 'is a maker’s filler text';
  if (bare.length < minimumSerialLength) return `is shorter than ${minimumSerialLength} characters`;
  if (/^(.)\1*$/.test(bare)) return 'is one character repeated';
  if (/^(..)\1{2,}.?$/.test(bare)) return 'is two characters repeated';
  if (runs.some((run) => run.includes(bare) || bare.includes(run.slice(0, 10)))) return 'is a counting run';
  return undefined;
}

/** Says why a product UUID identifies nothing, or undefined when it may. */
export function uuidPlaceholderReason(uuid: string): string | undefined {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return 'is not a UUID';
  if (sharedUuids.has(uuid)) return 'is shared by many machines';
  const bytes = uuid.replaceAll('-', '').match(/../g)!;
  if (new Set(bytes).size <= 4) return 'has at most four different bytes';
  return undefined;
}

/** Says why a MAC address identifies nothing, or undefined when it may. */
export function macPlaceholderReason(mac: string): string | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) return 'is not an Ethernet address';
  const bytes = mac.split(':');
  if (new Set(bytes).size <= 2) return 'has at most two different bytes';
  if ((Number.parseInt(bytes[0]!, 16) & multicastBit) !== 0) return 'is a group address';
  if (sharedMacs.some((prefix) => mac.startsWith(prefix))) return 'is shared by many network chips';
  return undefined;
}

/** Upper case, without control characters, with single spaces: the form in which serial numbers are compared. */
export function canonicalSerial(text: string): string {
  return text
    .replace(/[^\x21-\x7e]+/g, ' ')
    .trim()
    .toUpperCase();
}

const minimumSerialLength = 4;
const multicastBit = 0x01;

/** Ascending and descending runs; a serial that lies in one, or holds ten of it, was typed by a bored hand. */
const runs = [
  '01234567890123456789',
  '98765432109876543210',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  '0123456789ABCDEF',
];

const fillerWords = [
  /\bFILLED\b/,
  /\bO\.?\s?E\.?\s?M\d*\b/,
  /\bDEFAULT\b/,
  /\bNOT?\s*-?(SPECIFIED|APPLICABLE|AVAILABLE|PRESENT|SET|SETTABLE|DEFINED|PROVIDED|USED|ASSET TAG)\b/,
  /\b(UNKNOWN|UNDEFINED|UNSPECIFIED|INVALID|EMPTY|NULL|NIL|VOID|BLANK|DUMMY|TEST|SAMPLE|EXAMPLE|EVAL)\b/,
  /\bSERIAL\s*(NUMBER|NUM|NO|#)?\b/,
  /^(NONE|N\/?A|NA|TBD|TBA|S\/?N|SN|SERNUM|SERIAL|NUMBER|STANDARD|CHASSIS|SYSTEM|BASE ?BOARD|ASSET)[-_. ]*[0-9]?$/,
  /\bX{3,}\b/,
  /\bTO BE\b/,
  /^(SN|BSN|CSN|MB-?|SYS-?)?0*123456789?/,
];

/** Seen on boards of many makers; the second is the first with the byte order of its first half swapped. */
const sharedUuids = new Set([
  '03000200-0400-0500-0006-000700080009',
  '00020003-0004-0005-0006-000700080009',
  '12345678-1234-5678-90ab-cddeefaabbcc',
  '78563412-3412-7856-90ab-cddeefaabbcc',
  '12345678-1234-1234-1234-123456789abc',
  '12345678-1234-5678-1234-567812345678',
  '00010203-0405-0607-0809-0a0b0c0d0e0f',
  '03020100-0504-0706-0809-0a0b0c0d0e0f',
  '00112233-4455-6677-8899-aabbccddeeff',
  '33221100-5544-7766-8899-aabbccddeeff',
  '01234567-89ab-cdef-0123-456789abcdef',
  '11111111-2222-3333-4444-555555555555',
  '4c4c4544-0000-2010-8020-80c04f202020',
  '58585858-5858-5858-5858-585858585858',
  'd01c8c40-cb40-11ec-8000-000000000000',
]);

/** Whole addresses and beginnings that emulators and unprogrammed network chips come with. */
const sharedMacs = [
  '52:54:00:12:34:',
  '00:11:22:33:44:55',
  '00:01:02:03:04:0',
  '00:00:00:00:00:',
  '00:12:34:56:78:9',
  '02:03:04:05:06:0',
  '12:34:56:78:9',
  'aa:bb:cc:dd:ee:',
  'de:ad:be:ef:',
  '88:88:88:88:8',
  '00:e0:4c:68:00:',
  '00:0a:35:00:0',
];
