import { hash } from 'node:crypto';
import { sectorBytes } from '../../foundation/index.ts';

/** How many 32-bit numbers the hash of a state has: 128 bits. */
export const laneCount = 4;

const message = Buffer.alloc(8 + sectorBytes);

/**
 * The hash of a sector's content at its place: 128 bits of SHA-256 over the sector's number and its bytes. The hash of a
 * disk's state is the sum of these over all sectors that differ from the base image, in four lanes modulo 2^32: a group,
 * so that sectors are put in and taken out in any order at the cost of an addition.
 */
export function hashSector(sector: number, content: Buffer, lanes: Int32Array, at: number): void {
  message.writeBigUInt64LE(BigInt(sector), 0);
  content.copy(message, 8, 0, sectorBytes);
  const digest = hash('sha256', message, 'buffer');
  for (let lane = 0; lane < laneCount; lane += 1) lanes[at + lane] = digest.readInt32LE(lane * 4);
}

/** A state's hash in hexadecimal; that of the base image is all zeros. */
export function hexOfLanes(lanes: Int32Array, at = 0): string {
  return Array.from(lanes.subarray(at, at + laneCount), (lane) =>
    (lane >>> 0).toString(16).padStart(8, '0'),
  ).join('');
}
