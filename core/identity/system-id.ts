import { createHash } from 'node:crypto';
import type { Evidence, HardwareEvidence } from './evidence.ts';
import { hardwarePartOf, isUniqueByConstruction } from './evidence.ts';

/**
 * The system id that this hardware gives: SHA-256 over the sorted evidence, shaped as a UUID of version 8
 * (RFC 9562 section 5.8). The same evidence gives the same id, in whatever order it was found (spec M8a).
 */
export function deriveSystemId(evidence: readonly Evidence[]): string {
  const lines = evidence.map(({ source, value }) => `${source}=${value}\n`).sort();
  return hashUuid(`assay system id 1\n${lines.join('')}`);
}

/**
 * Whether the hardware says enough for an identity: two parts at least, so that one may be replaced one day, and
 * one value that is unique in the world, so that no other machine gives the same.
 */
export function isEvidenceEnough({ accepted }: HardwareEvidence): boolean {
  const parts = new Set(accepted.map(({ source }) => hardwarePartOf(source)));
  return parts.size >= 2 && accepted.some(({ source }) => isUniqueByConstruction(source));
}

/** An id that belongs to the system and to one purpose: a partition's UUID, the machine id. Not secret. */
export function derivePurposeUuid(systemId: string, purpose: string): string {
  return hashUuid(`assay purpose id 1\n${systemId}\n${purpose}\n`);
}

/** What people read out to each other: eight characters of the id, as the LCD shows them. */
export function identityNumber(systemId: string): string {
  const digits = systemId.replaceAll('-', '').slice(0, 8).toUpperCase();
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

function hashUuid(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
