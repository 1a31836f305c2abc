import { createHash } from 'node:crypto';
import { type BootState, type BootStates, bootStates, type PartitionState } from './boot-state.ts';
import { stateAreaBytes, stateCopyBytes } from './manifest.ts';

/** A valid copy of the boot states, as one half of `bstate.txt` holds it. */
export interface StateRecord {
  /** Counts the changes: the valid copy with the highest one is the newest. From 1; see {@link startOf}. */
  sequence: number;
  states: BootStates;
}

const magic = 'ASSAY-BOOT-STATES 1';

/** Reasons are for people, and never keep the states from fitting, however many partitions there are. */
const mostReasonBytes = 200;
const lineWithoutReasonBytes = 56;
const headAndHashBytes = 160;

/**
 * One copy of the boot states, 4096 bytes of text (spec B3; docs/logic-file.md, "States"). What a line cannot hold of a
 * reason is left out. Pure.
 */
export function encodeStateRecord({ sequence, states }: StateRecord): Buffer {
  const entries = Object.entries(states.partitions);
  const roomBytes = Math.floor((stateCopyBytes - headAndHashBytes) / Math.max(entries.length, 1));
  const reasonBytes = Math.min(mostReasonBytes, roomBytes - lineWithoutReasonBytes);
  const lines = [
    magic,
    `sequence ${sequence}`,
    `recoveries ${states.recoveries}`,
    ...entries.map(([name, entry]) => partitionLine(name, entry, reasonBytes)),
  ];
  const text = `${lines.join('\n')}\n`;
  const copy = Buffer.alloc(stateCopyBytes, '\n');
  copy.write(`${text}sha256 ${sha256(text)}\n`);
  return copy;
}

/** The opposite; undefined for what is no valid copy. Pure. */
export function decodeStateRecord(bytes: Buffer): StateRecord | undefined {
  const text = bytes.toString('utf8');
  const [, hashed, sequence, recoveries, lines, hash] = recordPattern.exec(text) ?? [];
  if (hashed === undefined || sha256(hashed) !== hash) return undefined;
  const partitions: Record<string, PartitionState> = {};
  for (const [, name, state, time, reason] of lines!.matchAll(linePattern)) {
    partitions[name!] = { state: state as BootState, time: time!, reason: reason! };
  }
  return { sequence: Number(sequence), states: { partitions, recoveries: Number(recoveries) } };
}

/** Every start takes the next hundred, so that the number also tells the starts: 1702 is the second change since the 17th. */
const changesOfStart = 100;

/** Which start a sequence number belongs to. Pure. */
export function startOf(sequence: number): number {
  return Math.floor(sequence / changesOfStart);
}

/** The sequence number of the next change, or of the next start. Pure. */
export function nextSequence(sequence: number, isStart: boolean): number {
  return isStart ? (startOf(sequence) + 1) * changesOfStart : sequence + 1;
}

/** `bstate.txt` of a partition that is made anew: both copies are valid, the second one counts. Pure. */
export function encodeStateArea(states: BootStates, sequence = 2): Buffer {
  const older = encodeStateRecord({ sequence: sequence - 1, states });
  const area = Buffer.concat([older, encodeStateRecord({ sequence, states })]);
  if (area.length !== stateAreaBytes) throw new Error(`the area of the states has ${area.length} bytes`);
  return area;
}

const line = `[a-z][a-z0-9-]{0,15} (?:${bootStates.join('|')}) \\S+ [^\\n]*\\n`;
const recordPattern = new RegExp(
  `^(${magic}\\nsequence ([1-9]\\d{0,14})\\nrecoveries (\\d{1,9})\\n((?:${line})*))sha256 ([0-9a-f]{64})\\n+$`,
);
const linePattern = new RegExp(`^(\\S+) (${bootStates.join('|')}) (\\S+) (.*)$`, 'gm');

function partitionLine(name: string, { state, time, reason }: PartitionState, reasonBytes: number): string {
  const words = Buffer.from(reason.trim().replace(/\s+/g, ' ')).subarray(0, reasonBytes);
  // A character that the end would cut through is left out whole.
  return `${name} ${state} ${time} ${new TextDecoder().decode(words, { stream: true })}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
