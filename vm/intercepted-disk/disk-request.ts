import { createHash } from 'node:crypto';
import { sectorBytes } from '../../foundation/index.ts';

/** What a machine asks of its disk. */
export interface DiskRequest {
  kind: 'read' | 'write' | 'zeroes' | 'discard' | 'flush';
  /** Since power on: of reads and of flushes by themselves; writes, zeroes and discards are numbered together. */
  number: number;
  offsetBytes: number;
  lengthBytes: number;
  /** Of a write. */
  data?: Buffer | undefined;
  /** Force unit access: it is to be on the medium when it is answered. */
  isForced: boolean;
  /** Aborts when nobody waits for the answer any more. */
  gone: AbortSignal;
}

/** A request that comes, for whoever listens; nothing of it is done yet. Offset and length are whole sectors. */
export type HeardRequest = Pick<DiskRequest, 'offsetBytes' | 'lengthBytes'> & {
  kind: Exclude<DiskRequest['kind'], 'flush'>;
};

/** For faults, what changes the disk is a write. */
export function groupOf({ kind }: DiskRequest): 'read' | 'write' | 'flush' {
  return kind === 'read' || kind === 'flush' ? kind : 'write';
}

/** `write 12 (sectors 2048 to 2055)` */
export function nameOf(request: DiskRequest): string {
  if (request.kind === 'flush') return `flush ${request.number}`;
  return `${request.kind} ${request.number} (${placeOf(request.offsetBytes, request.lengthBytes)})`;
}

export function placeOf(offsetBytes: number, lengthBytes: number): string {
  const first = offsetBytes / sectorBytes;
  return lengthBytes <= sectorBytes
    ? `sector ${first}`
    : `sectors ${first} to ${first + lengthBytes / sectorBytes - 1}`;
}

/** The beginning of a SHA-256 sum, for evidence. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
