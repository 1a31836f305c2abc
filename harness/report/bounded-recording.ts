import { type FileHandle, open } from 'node:fs/promises';

/** One event of an asciicast: seconds, what it is (`o` output, `i` input, `m` marker), and its text. */
export type CastEvent = [seconds: number, code: string, data: string];

/** A recording of which the middle may be missing. */
export interface BoundedRecording {
  head: CastEvent[];
  /** Empty where nothing is missing. */
  tail: CastEvent[];
  width: number;
  height: number;
  /** The time of the last event. */
  durationMs: number;
  /** About how much of the file is in neither. */
  omittedBytes: number;
}

/** A recording's events are at most this long, with escapes (`console-recorder.ts` gathers no more into one). */
const longestEventBytes = 4 * 1024 * 1024;
const leastReadBytes = 4 * 1024;
const plainWidth = 132;
const plainHeight = 40;

/**
 * Reads the beginning and the end of an asciicast v2 file, never more than about `budgetBytes` of it, however large
 * it is. Lines that are no events are left out: a runner that was killed leaves half a line.
 *
 * @throws what the file system says.
 */
export async function readBoundedRecording(path: string, budgetBytes: number): Promise<BoundedRecording> {
  await using file = await open(path, 'r');
  const { size: sizeBytes } = await file.stat();
  const first = await linesFrom(file, 0, sizeBytes <= budgetBytes ? sizeBytes : Math.ceil(budgetBytes / 2));
  const { width, height } = sizeOf(first.lines[0]);
  const wholeHead = first.lines.slice(1).flatMap(castEvent);
  if (first.endBytes >= sizeBytes) {
    return { head: wholeHead, tail: [], width, height, durationMs: endOf(wholeHead), omittedBytes: 0 };
  }
  const half = Math.floor(budgetBytes / 2);
  const last = await lastLines(file, Math.max(first.endBytes, sizeBytes - half), first.endBytes, sizeBytes);
  const head = wholeHead.map(cut(0, half));
  const tail = last.lines.flatMap(castEvent).map(cut(-half));
  const omittedBytes = Math.max(0, last.startBytes - first.endBytes);
  return { head, tail, width, height, durationMs: endOf(tail.length === 0 ? head : tail), omittedBytes };
}

/** Whole lines from the beginning; at least one event, as long as it is not longer than any can be. */
async function linesFrom(file: FileHandle, startBytes: number, wantedBytes: number) {
  for (let lengthBytes = Math.max(leastReadBytes, wantedBytes); ; lengthBytes *= 4) {
    const bytes = await readAt(file, startBytes, lengthBytes);
    const endOfLines = bytes.lastIndexOf(0x0a) + 1;
    const lines = bytes.subarray(0, endOfLines).toString('utf8').split('\n').slice(0, -1);
    if (lines.length > 1 || bytes.length < lengthBytes || lengthBytes > longestEventBytes) {
      const isWhole = bytes.length < lengthBytes;
      return { lines, endBytes: isWhole ? Number.POSITIVE_INFINITY : startBytes + endOfLines };
    }
  }
}

/** Whole lines up to the end, from `wantedStart` or, where that is in the middle of the last line, from before. */
async function lastLines(file: FileHandle, wantedStart: number, leastStart: number, sizeBytes: number) {
  let startBytes = Math.max(leastStart, Math.min(wantedStart, sizeBytes - leastReadBytes));
  for (;;) {
    const bytes = await readAt(file, startBytes, sizeBytes - startBytes);
    const begin = startBytes === leastStart ? 0 : bytes.indexOf(0x0a) + 1;
    const lines = bytes
      .subarray(begin)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    const isEnough = lines.length > 0 && (begin > 0 || startBytes === leastStart);
    if (isEnough || startBytes === leastStart || sizeBytes - startBytes > longestEventBytes) {
      return { lines, startBytes: startBytes + begin };
    }
    startBytes = Math.max(leastStart, sizeBytes - (sizeBytes - startBytes) * 4);
  }
}

async function readAt(file: FileHandle, startBytes: number, lengthBytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(lengthBytes);
  let filled = 0;
  while (filled < lengthBytes) {
    const { bytesRead } = await file.read(buffer, filled, lengthBytes - filled, startBytes + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function castEvent(line: string): CastEvent[] {
  try {
    const [seconds, code, data] = JSON.parse(line) as unknown[];
    if (typeof seconds !== 'number' || typeof code !== 'string' || typeof data !== 'string') return [];
    return /^[oim]$/.test(code) && Number.isFinite(seconds) ? [[Math.max(0, seconds), code, data]] : [];
  } catch {
    return [];
  }
}

function sizeOf(header: string | undefined): { width: number; height: number } {
  try {
    const { width, height } = JSON.parse(header ?? '') as { width?: unknown; height?: unknown };
    return { width: sane(width, plainWidth), height: sane(height, plainHeight) };
  } catch {
    return { width: plainWidth, height: plainHeight };
  }
}

/** A terminal of a million columns would take the browser down. */
function sane(size: unknown, otherwise: number): number {
  return typeof size === 'number' && Number.isInteger(size) && size > 0 && size <= 500 ? size : otherwise;
}

/** One burst can be longer than what may be kept. */
function cut(start: number, end?: number): (event: CastEvent) => CastEvent {
  return ([seconds, code, data]) => [seconds, code, data.slice(start, end)];
}

function endOf(events: CastEvent[]): number {
  return (events.at(-1)?.[0] ?? 0) * 1000;
}
