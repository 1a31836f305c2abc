import {
  compareHardware,
  digestEvidence,
  type EvidenceDigest,
  type HardwareComparison,
} from './compare-hardware.ts';
import type { HardwareEvidence, HardwarePart } from './evidence.ts';
import { deriveSystemId, isEvidenceEnough } from './system-id.ts';

/** Who an appliance is, as the signature on its disks says it. */
export interface SystemIdentity {
  systemId: string;
  evidence: readonly EvidenceDigest[];
}

/** What lies in the signature sectors of one disk. */
export type SignatureReading =
  | { kind: 'null' }
  | { kind: 'signed'; identity: SystemIdentity }
  | { kind: 'damaged' };

export interface IdentityFacts {
  hardware: HardwareEvidence;
  systemDisk: SignatureReading;
  /** Absent when the layout has no data disk, or none is plugged in. */
  dataDisk?: SignatureReading | undefined;
}

export type ConflictReason =
  | 'too-little-evidence'
  | 'another-machine'
  | 'tie'
  | 'two-identities'
  | 'damaged-signature'
  | 'foreign-data-disk';

/** What the appliance has to do about its identity at this start (spec M8, M8a). */
export type IdentityDecision =
  | { kind: 'new'; identity: SystemIdentity }
  | { kind: 'adopt'; identity: SystemIdentity; changedParts: readonly HardwarePart[] }
  | { kind: 'keep'; identity: SystemIdentity; changedParts: readonly HardwarePart[]; update: boolean }
  | { kind: 'conflict'; reason: ConflictReason; detail: string };

/**
 * Decides from the signatures on both disks and the hardware that is there. No evidence is ever outvoted by a
 * guess: a tie, two identities that both fit, and too little evidence are conflicts, resolved by an operator.
 */
export function decideIdentity(facts: IdentityFacts): IdentityDecision {
  const { hardware, systemDisk, dataDisk } = facts;
  if (!isEvidenceEnough(hardware)) {
    return conflict('too-little-evidence', describeEvidence(hardware));
  }
  if (systemDisk.kind === 'signed') return decideSigned(systemDisk.identity, hardware, dataDisk);
  if (dataDisk?.kind === 'signed') {
    const comparison = compareHardware(dataDisk.identity.evidence, hardware);
    if (fits(comparison)) {
      const identity = renewEvidence(dataDisk.identity, hardware);
      return { kind: 'adopt', identity, changedParts: comparison.changedParts };
    }
    // A data disk of another machine is material for a first boot; a tie might be our own data.
    if (comparison.kind === 'tie') {
      return conflict('tie', 'the data disk fits this hardware as well as it does not');
    }
  }
  if (systemDisk.kind === 'damaged') {
    return conflict('damaged-signature', 'the system disk’s signature is neither null nor readable');
  }
  return { kind: 'new', identity: newIdentity(hardware) };
}

/** The identity that present hardware gives to a machine that has none. */
export function newIdentity(hardware: HardwareEvidence): SystemIdentity {
  return { systemId: deriveSystemId(hardware.accepted), evidence: hardware.accepted.map(digestEvidence) };
}

function decideSigned(
  identity: SystemIdentity,
  hardware: HardwareEvidence,
  dataDisk: SignatureReading | undefined,
): IdentityDecision {
  const comparison = compareHardware(identity.evidence, hardware);
  const percent = Math.round(comparison.score * 100);
  if (!fits(comparison)) {
    const reason = comparison.kind === 'tie' ? 'tie' : 'another-machine';
    return conflict(
      reason,
      `${percent} % of the evidence is there, changed: ${comparison.changedParts.join(', ')}`,
    );
  }
  if (dataDisk?.kind === 'signed' && dataDisk.identity.systemId !== identity.systemId) {
    if (fits(compareHardware(dataDisk.identity.evidence, hardware))) {
      return conflict('two-identities', `${identity.systemId} and ${dataDisk.identity.systemId} both fit`);
    }
    return conflict('another-machine', `the data disk belongs to ${dataDisk.identity.systemId}`);
  }
  const update = comparison.kind === 'part-replaced' || comparison.newEvidence.length > 0;
  const kept = update ? renewEvidence(identity, hardware) : identity;
  return { kind: 'keep', identity: kept, changedParts: comparison.changedParts, update };
}

function fits({ kind }: HardwareComparison): boolean {
  return kind === 'same' || kind === 'part-replaced';
}

function renewEvidence({ systemId }: SystemIdentity, hardware: HardwareEvidence): SystemIdentity {
  return { systemId, evidence: hardware.accepted.map(digestEvidence) };
}

function conflict(reason: ConflictReason, detail: string): IdentityDecision {
  return { kind: 'conflict', reason, detail };
}

function describeEvidence({ accepted, rejected }: HardwareEvidence): string {
  const refused = rejected.map(({ source, value, reason }) => `${source} ${JSON.stringify(value)} ${reason}`);
  return [`accepted: ${accepted.map(({ source }) => source).join(', ') || 'nothing'}`, ...refused].join('; ');
}
