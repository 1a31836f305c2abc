import { createHash } from 'node:crypto';
import {
  type Evidence,
  type EvidenceSource,
  type HardwareEvidence,
  type HardwarePart,
  hardwarePartOf,
  partWeights,
} from './evidence.ts';
import { isEvidenceEnough } from './system-id.ts';

/** Evidence as a signature keeps it: the value is only ever compared, so a digest of it is enough. */
export interface EvidenceDigest {
  source: EvidenceSource;
  digest: string;
}

/**
 * How the present hardware stands to the hardware of a signature:
 * `same`, `part-replaced` (most of it is there; the parts that changed are named), `tie` (as much for as against,
 * which decides nothing), `another-machine`, or `too-little-evidence`.
 */
export interface HardwareComparison {
  kind: 'same' | 'part-replaced' | 'tie' | 'another-machine' | 'too-little-evidence';
  /** Share of the signature's evidence that is present, by weight: 0 to 1. */
  score: number;
  /** Parts of which some evidence is not there any more. */
  changedParts: readonly HardwarePart[];
  /** Evidence that the signature does not know, such as an added card. */
  newEvidence: readonly Evidence[];
}

/** Scores a signature's evidence against the present hardware (spec M8a). */
export function compareHardware(
  signed: readonly EvidenceDigest[],
  hardware: HardwareEvidence,
): HardwareComparison {
  const present = new Set(hardware.accepted.map((evidence) => keyOf(digestEvidence(evidence))));
  const known = new Set(signed.map(keyOf));
  const newEvidence = hardware.accepted.filter((evidence) => !known.has(keyOf(digestEvidence(evidence))));
  const parts = [...new Set(signed.map(({ source }) => hardwarePartOf(source)))];
  let total = 0;
  let matched = 0;
  const changedParts: HardwarePart[] = [];
  for (const part of parts) {
    const ofPart = signed.filter(({ source }) => hardwarePartOf(source) === part);
    const found = ofPart.filter((digest) => present.has(keyOf(digest))).length;
    total += partWeights[part];
    matched += (partWeights[part] * found) / ofPart.length;
    if (found < ofPart.length) changedParts.push(part);
  }
  const score = total === 0 ? 0 : matched / total;
  const kind = isEvidenceEnough(hardware) ? judge(score, changedParts) : 'too-little-evidence';
  return { kind, score, changedParts, newEvidence };
}

/** The digest of one piece of evidence: 64 bits of SHA-256, in hexadecimal. */
export function digestEvidence({ source, value }: Evidence): EvidenceDigest {
  const hash = createHash('sha256').update(`assay evidence 1\n${source}=${value}\n`).digest('hex');
  return { source, digest: hash.slice(0, 16) };
}

function judge(score: number, changedParts: readonly HardwarePart[]): HardwareComparison['kind'] {
  if (changedParts.length === 0 && score > 0) return 'same';
  if (Math.abs(score - 0.5) < 1e-9) return 'tie';
  return score > 0.5 ? 'part-replaced' : 'another-machine';
}

function keyOf({ source, digest }: EvidenceDigest): string {
  return `${source} ${digest}`;
}
