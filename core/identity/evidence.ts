/** Where a piece of evidence was read. */
export type EvidenceSource = 'product-uuid' | 'board-serial' | 'product-serial' | 'chassis-serial' | 'mac';

/** The parts of a machine that are replaced as one; evidence of the same part stands or falls together. */
export type HardwarePart = 'board' | 'chassis' | 'network';

/** One accepted fact about the hardware, in canonical form. */
export interface Evidence {
  source: EvidenceSource;
  value: string;
}

/** A fact that was read and not accepted; kept for the log, because it explains an identity conflict. */
export interface RejectedEvidence {
  source: EvidenceSource;
  value: string;
  reason: string;
}

/** What one look at the hardware gave. */
export interface HardwareEvidence {
  accepted: readonly Evidence[];
  rejected: readonly RejectedEvidence[];
}

/**
 * Each part's say in the score (spec M8a). Any two parts outweigh the third, so that one replaced part keeps the
 * identity and two do not; the board outweighs either other part alone, because the board is the machine.
 * Disks are no evidence: they carry the signature, and move with it.
 */
export const partWeights: Readonly<Record<HardwarePart, number>> = { board: 4, chassis: 3, network: 3 };

const partOfSource: Readonly<Record<EvidenceSource, HardwarePart>> = {
  'product-uuid': 'board',
  'board-serial': 'board',
  'product-serial': 'chassis',
  'chassis-serial': 'chassis',
  mac: 'network',
};

/** The part that a source belongs to. */
export function hardwarePartOf(source: EvidenceSource): HardwarePart {
  return partOfSource[source];
}

/** The sources whose values are unique in the world by construction; serial numbers are only so per maker. */
export function isUniqueByConstruction(source: EvidenceSource): boolean {
  return source === 'product-uuid' || source === 'mac';
}
