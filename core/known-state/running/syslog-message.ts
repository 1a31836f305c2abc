/** Names of facilities, as syslog daemons have them, and their numbers (RFC 5424, table 1). */
export const syslogFacilities = {
  ...{
    kern: 0,
    user: 1,
    mail: 2,
    daemon: 3,
    auth: 4,
    syslog: 5,
    lpr: 6,
    news: 7,
    uucp: 8,
    cron: 9,
    authpriv: 10,
  },
  ...{
    ftp: 11,
    local0: 16,
    local1: 17,
    local2: 18,
    local3: 19,
    local4: 20,
    local5: 21,
    local6: 22,
    local7: 23,
  },
} as const satisfies Record<string, number>;

/** RFC 5424, table 2. */
const severities = { error: 3, warning: 4, notice: 5 } as const;

export interface SyslogMessage {
  facility: string;
  severity: keyof typeof severities;
  time: Date;
  host: string;
  /** What kind of message it is: `fallback`. */
  messageId: string;
  text: string;
}

/** So much every receiver takes (RFC 5424, section 6.1: SHOULD accept 2048). */
const lengthLimitBytes = 2048;

/** Encodes a message of syslog (RFC 5424), without structured data. Pure. */
export function encodeSyslogMessage(message: SyslogMessage): Buffer {
  const { facility, severity, time, host, messageId, text } = message;
  const facilityNumber = syslogFacilities[facility as keyof typeof syslogFacilities] ?? syslogFacilities.user;
  const priority = facilityNumber * 8 + severities[severity];
  const words = [time.toISOString(), printable(host, 255), 'assay', '-', printable(messageId, 32), '-'];
  // UTF-8 is told by a byte order mark (section 6.4).
  const line = `<${priority}>1 ${words.join(' ')} \ufeff${text.trim().replace(/\s*\n\s*/g, ' | ')}`;
  return cutUtf8(Buffer.from(line), lengthLimitBytes);
}

/** Header fields are printable ASCII without spaces, and never empty. */
function printable(text: string, length: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, length) || '-';
}

/** Never within a character: its following bytes are 10xxxxxx. */
function cutUtf8(bytes: Buffer, limitBytes: number): Buffer {
  let end = Math.min(bytes.length, limitBytes);
  while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
