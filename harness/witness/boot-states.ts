import { createHash } from 'node:crypto';

/** What one copy of the boot states says (docs/logic-file.md, "Boot states"). */
export interface BootStatesValue {
  sequence: number;
  /** Recoveries since a system was last up. */
  recoveries: number;
  /** By the partition's name. */
  partitions: Record<string, { state: 'OK' | 'Clean' | 'Dirty'; time: string; reason: string }>;
}

/** What `bstate.txt` of one partition holds. */
export interface BootStatesReading {
  /** Both copies as they are; a string says why one is not valid. */
  copies: (BootStatesValue | string)[];
  /** The valid copy with the highest sequence number; null when there is none. */
  value: BootStatesValue | null;
}

const copyBytes = 4096;
const copyCount = 2;

/** Reads the bytes of `bstate.txt`, by its documentation alone; never throws, since damage is an answer. */
export function readBootStates(file: Buffer): BootStatesReading {
  const copies = Array.from({ length: copyCount }, (_, index) =>
    readCopy(file.subarray(index * copyBytes, (index + 1) * copyBytes)),
  );
  const valid = copies.filter((copy) => typeof copy !== 'string');
  const value = valid.sort((one, other) => other.sequence - one.sequence)[0] ?? null;
  return { copies, value };
}

function readCopy(bytes: Buffer): BootStatesValue | string {
  if (bytes.length !== copyBytes) return `it has ${bytes.length} bytes`;
  const lines = bytes.toString('utf8').split('\n');
  const end = lines.findIndex((line) => line.startsWith('sha256 '));
  if (end === -1) return 'it has no checksum';
  const before = `${lines.slice(0, end).join('\n')}\n`;
  if (lines[end] !== `sha256 ${createHash('sha256').update(before).digest('hex')}`)
    return 'the checksum is wrong';
  if (lines.slice(end + 1).some((line) => line !== '')) return 'something follows the checksum';
  const [title, sequence, recoveries, ...rest] = lines.slice(0, end);
  if (title !== 'ASSAY-BOOT-STATES 1') return 'the first line is wrong';
  const partitions = rest.map((line) => /^([a-z][a-z0-9-]*) (OK|Clean|Dirty) (\S+) ?(.*)$/.exec(line));
  if (partitions.length === 0 || partitions.some((match) => match === null)) return 'a line is no state';
  const [sequenceNumber, recoveryCount] = [
    numberIn(sequence, 'sequence'),
    numberIn(recoveries, 'recoveries'),
  ];
  if (sequenceNumber === undefined || recoveryCount === undefined) return 'a number is missing';
  return {
    sequence: sequenceNumber,
    recoveries: recoveryCount,
    partitions: Object.fromEntries(
      partitions.map((match) => {
        const [, name, state, time, reason] = match!;
        return [name!, { state: state as 'OK' | 'Clean' | 'Dirty', time: time!, reason: reason! }];
      }),
    ),
  };
}

function numberIn(line: string | undefined, word: string): number | undefined {
  const [, digits] = new RegExp(`^${word} (\\d{1,15})$`).exec(line ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}
