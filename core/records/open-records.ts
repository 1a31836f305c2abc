import type { FileHandle } from 'node:fs/promises';
import { type PayloadCodec, type RecordSlot, RecordStore } from './record-store.ts';

/** What the licence record holds (spec M3). */
export interface LicenceRecord {
  level: string;
  key: string;
  /** The disk's capacity by which the level was chosen, in bytes. */
  capacityBytes: number;
}

/** The states of a disk in manufacturing, in their order (spec "Words"). */
export const manufacturingStages = ['template', 'master', 'initialised'] as const;

export type ManufacturingStage = (typeof manufacturingStages)[number];

/** What the manufacturing record holds: how far this disk has come (spec M5, M6, M8). */
export interface ManufacturingRecord {
  stage: ManufacturingStage;
  /** Names of the completed steps of the current stage, in order; only a disk that completed all is a master. */
  completed: string[];
  layoutName: string;
  /** SHA-256 of the template's inputs, in hexadecimal. */
  inputsHash: string;
}

/** A JSON object of at most 488 bytes. */
export type JsonPayload = object;

/**
 * Opens a raw record whose payload is JSON: signature, licence, manufacturing (spec M3, M4).
 * `disk` is a path (an image or a block device such as `/dev/vda`) or an open handle.
 *
 *     await using licence = await openRecords<LicenceRecord>('/dev/vda', slot, { readOnly: true });
 *     const payload = await licence.read(); // null when the record is null
 */
export async function openRecords<Payload extends JsonPayload>(
  disk: string | FileHandle,
  slot: RecordSlot,
  options?: { readOnly?: boolean },
): Promise<RecordStore<Payload>> {
  const codec: PayloadCodec<Payload> = {
    encode: (payload) => Buffer.from(JSON.stringify(payload), 'utf8'),
    decode: (bytes) => decodeJson(bytes) as Payload,
  };
  return await RecordStore.open(disk, slot, codec, options);
}

function decodeJson(bytes: Buffer): unknown {
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (typeof value !== 'object' || value === null) throw new Error('not a JSON object');
  return value;
}
