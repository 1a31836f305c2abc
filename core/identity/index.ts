export {
  compareHardware,
  digestEvidence,
  type EvidenceDigest,
  type HardwareComparison,
} from './compare-hardware.ts';
export {
  type ConflictReason,
  decideIdentity,
  type IdentityDecision,
  newIdentity,
  type SignatureReading,
  type SystemIdentity,
} from './decide-identity.ts';
export type { Evidence, EvidenceSource, HardwareEvidence, HardwarePart } from './evidence.ts';
export { gatherEvidence } from './gather-evidence.ts';
export { derivePurposeUuid, deriveSystemId, identityNumber, isEvidenceEnough } from './system-id.ts';
