import type { Machine } from '../appliance/machine.ts';
import type { EvidenceSource } from '../identity/evidence.ts';
import type { EvidenceDigest, SignatureReading, SystemIdentity } from '../identity/index.ts';
import type { DiskRole } from '../layout/layout-schema.ts';

/** The signature record (spec M4): the system id, and each piece of evidence as `source:digest`. */
interface SignatureRecord {
  systemId: string;
  evidence: string[];
}

/** So many pieces fit into a sector; machines with more network cards sign with the first of them. */
const maximumEvidence = 14;

/** Reads the signature of a disk; undefined where the layout has no such disk or it is not plugged in. */
export async function readSignature(machine: Machine, disk: DiskRole): Promise<SignatureReading | undefined> {
  if (disk === 'data' && machine.dataDisk === null) return undefined;
  await using record = await machine.record<SignatureRecord>('signature', disk);
  const reading = await record.inspect();
  if (reading.state !== 'valid') return { kind: reading.state };
  const { systemId, evidence } = reading.payload;
  if (typeof systemId !== 'string' || !Array.isArray(evidence)) return { kind: 'damaged' };
  return { kind: 'signed', identity: { systemId, evidence: evidence.map(parseEvidence) } };
}

/**
 * Writes the signature to both disks, the system disk's last: as long as that one is null, first boot is not over,
 * and starts again after a power cut (spec M8).
 */
export async function writeSignatures(machine: Machine, identity: SystemIdentity): Promise<void> {
  const evidence = identity.evidence
    .slice(0, maximumEvidence)
    .map(({ source, digest }) => `${source}:${digest}`);
  const disks: DiskRole[] = machine.dataDisk === null ? ['system'] : ['data', 'system'];
  for (const disk of disks) {
    await using record = await machine.record<SignatureRecord>('signature', disk);
    await record.write({ systemId: identity.systemId, evidence });
  }
}

function parseEvidence(text: string): EvidenceDigest {
  const [source, digest] = text.split(':');
  return { source: source as EvidenceSource, digest: digest ?? '' };
}
