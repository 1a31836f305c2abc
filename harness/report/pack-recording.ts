import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { formatSize } from '../../foundation/index.ts';
import { type BoundedRecording, type CastEvent, readBoundedRecording } from './bounded-recording.ts';

const compress = promisify(gzip);

/** Consoles are text and shrink to a fraction; this much is tried first. */
const usualRatio = 4;
const leastBudgetBytes = 2 * 1024;

export interface PackedRecording {
  /** Gzip in base64, at most as long as was allowed unless the shortest possible is longer. */
  recording: string;
  durationMs: number;
  omitted?: { sizeBytes: number; fromMs: number; untilMs: number };
}

/**
 * A recording so small that it can stand in a page: compressed, and of what is still too long the beginning and the
 * end, with a line between them that says what is missing.
 *
 * @param allowedLength Characters of base64.
 * @throws what the file system says.
 */
export async function packRecording(path: string, allowedLength: number): Promise<PackedRecording> {
  for (let budgetBytes = allowedLength * usualRatio; ; ) {
    const recording = await readBoundedRecording(path, Math.max(leastBudgetBytes, budgetBytes));
    const packed = (await compress(castText(recording))).toString('base64');
    if (packed.length <= allowedLength || budgetBytes <= leastBudgetBytes) return packedAs(packed, recording);
    budgetBytes = Math.floor(budgetBytes * Math.min(0.7, (allowedLength / packed.length) * 0.9));
  }
}

function packedAs(
  recording: string,
  { head, tail, durationMs, omittedBytes }: BoundedRecording,
): PackedRecording {
  if (omittedBytes === 0) return { recording, durationMs };
  const [fromMs, untilMs] = [(head.at(-1)?.[0] ?? 0) * 1000, (tail[0]?.[0] ?? 0) * 1000];
  return {
    recording,
    durationMs,
    omitted: { sizeBytes: omittedBytes, fromMs, untilMs: Math.max(fromMs, untilMs) },
  };
}

/** Asciicast v2 (asciinema's format): a header line, then one line for each event. */
function castText(recording: BoundedRecording): string {
  const { width, height, head, tail, omittedBytes } = recording;
  const events = omittedBytes === 0 ? [...head, ...tail] : [...head, ...gap(recording), ...tail];
  // Typed bytes are in the log of the scenario; the player has no use for them.
  const lines = events.filter(([, code]) => code !== 'i').map((event) => JSON.stringify(event));
  return `${[JSON.stringify({ version: 2, width, height }), ...lines].join('\n')}\n`;
}

/** What the middle is replaced by: the terminal starts anew, for nobody knows what state it would have been in. */
function gap({ head, tail, omittedBytes }: BoundedRecording): CastEvent[] {
  const from = head.at(-1)?.[0] ?? 0;
  const until = tail[0]?.[0] ?? from;
  const says = `[about ${formatSize(omittedBytes)} of this console are not in the report]`;
  return [
    [from, 'o', `\u001b[0m\r\n${says}\r\n`],
    [until, 'm', 'after what was left out'],
    [until, 'o', `\u001bc${says}\r\n`],
  ];
}
