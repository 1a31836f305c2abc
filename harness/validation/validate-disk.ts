import { resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { foundationErrors } from '../../foundation/index.ts';
import type { ProofReport, ValidationReport } from '../../reports/validation/index.ts';
import { allFindingKinds } from '../inspection/all-finding-kinds.ts';
import type { Finding, FindingKind } from '../inspection/finding.ts';
import { ImageSource } from '../inspection/image-source.ts';
import { type DiskInspection, inspectDisk } from '../inspection/inspect-disk.ts';
import { loadResidueRules } from '../inspection/residue/index.ts';
import { ownVersion } from '../own-version.ts';
import { judgeFindings } from './judge-findings.ts';
import type { DiskProfile } from './profile/disk-profile.ts';
import { dynamicFindingKinds } from './proof/dynamic-finding-kinds.ts';

export interface ValidationOptions {
  profile: DiskProfile;
  /** SHA-256 of all bytes, too. */
  sha256: boolean;
  /** Starts clones, when the disk has been read; without it the validation is static. */
  prove?: () => Promise<DiskProof>;
  signal?: AbortSignal;
  onProgress?: (what: string, done?: number) => void;
}

/** What was seen when clones were started, and what is wrong with it. */
export interface DiskProof {
  proof: ProofReport;
  findings: Finding[];
}

/**
 * Says whether a disk that somebody else made may be cloned, by looking at it, and by starting clones where it is told how (spec H5).
 * Nothing is written to it.
 *
 * @throws INSPECTION_NOT_RAW; FOUNDATION_CONFIG_INVALID of residue rules; what {@link inspectDisk} and `prove` throw;
 * WITNESS_DISK_CHANGED when somebody writes to the disk meanwhile.
 */
export async function validateDisk(imagePath: string, options: ValidationOptions): Promise<ValidationReport> {
  const startedAt = new Date();
  const { profile, prove, ...others } = options;
  const residueRules = await loadResidueRules(profile.residueRules);
  const staticKinds = allFindingKinds(residueRules);
  assertKnown(profile, [...staticKinds, ...dynamicFindingKinds]);
  await using source = await ImageSource.open(imagePath);
  const inspection = await inspectDisk(source, {
    ...others,
    residueRules,
    rawAreas: profile.rawAreas.map(({ at, size }) => ({ offsetBytes: at, lengthBytes: size })),
  });
  const proved = await prove?.();
  // What was read and what was cloned have to be the same bytes.
  await source.assertUnchanged();
  const kinds = proved === undefined ? staticKinds : [...staticKinds, ...dynamicFindingKinds];
  const findings = [...inspection.findings, ...(proved?.findings ?? [])];
  const scope = proved === undefined ? 'static' : 'dynamic';
  return {
    ...{ format: 'assay validation 1', assayVersion: await ownVersion(), scope },
    ...{ startedAt: startedAt.toISOString(), durationMs: Date.now() - startedAt.getTime() },
    image: {
      ...{ path: resolve(imagePath), sizeBytes: source.sizeBytes },
      ...{ allocatedBytes: inspection.allocatedBytes, digests: inspection.digests },
    },
    disk: describeDisk(inspection),
    kinds,
    ...(proved === undefined ? {} : { proof: proved.proof }),
    ...judgeFindings(kinds, findings, profile, proved?.proof),
  };
}

/** @throws FOUNDATION_CONFIG_INVALID for a finding that there is not, with the nearest one. */
function assertKnown({ accept }: DiskProfile, kinds: readonly FindingKind[]): void {
  const known = kinds.map(({ id }) => id);
  const unknown = accept.find(({ finding }) => !known.includes(finding))?.finding;
  if (unknown === undefined) return;
  throw foundationErrors.FOUNDATION_CONFIG_INVALID({
    tried: 'read what the profile accepts',
    got: `there is no finding ${unknown}, did you mean "${closest(unknown, known)}"? assay validate --list shows all`,
  });
}

function describeDisk({ table, contents, loaders }: DiskInspection): ValidationReport['disk'] {
  const partitions = table.partitions.map((partition) => {
    const { number, kind, offsetBytes, sizeBytes, type, typeName, name } = partition;
    const fileSystem = contents.find((content) => content.partition === partition)?.fileSystem;
    const { label, uuid } = fileSystem ?? {};
    return {
      ...{ number, kind, offsetBytes, lengthBytes: sizeBytes, type },
      ...(typeName === undefined ? {} : { typeName }),
      ...(name === undefined ? {} : { name }),
      content: {
        kind: fileSystem?.type ?? 'logical drives',
        ...(label === undefined ? {} : { label }),
        ...(uuid === undefined ? {} : { uuid }),
      },
    };
  });
  return {
    table: table.table,
    sectorBytes: table.sectorBytes,
    id: table.diskId,
    partitions,
    bootLoaders: loaders.map(describeLoader),
  };
}

/** `GRUB (BIOS, sector 0)`. */
function describeLoader({ name, firmware, where }: DiskInspection['loaders'][number]): string {
  const starts = { bios: 'BIOS', uefi: 'UEFI', board: 'board', state: 'state' }[firmware];
  return `${name} (${starts}, ${where})`;
}
