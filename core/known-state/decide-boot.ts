import type { BootState } from './boot-state.ts';

/** What was found of a boot record or of a partition's content. */
export type Integrity = 'intact' | 'damaged' | 'unreadable';

/** What is known of one partition when it is decided which one starts. */
export interface PartitionFinding {
  name: string;
  /** The master boot record of the disk that it lies on (spec B2). */
  bootRecord: Integrity;
  integrity: Integrity;
  /** `unknown` when no partition holds a valid copy of the states. */
  state: BootState | 'unknown';
}

export interface BootFindings {
  /** In the order in which they are tried. */
  partitions: readonly PartitionFinding[];
  /** Recoveries since a system was last up. */
  recoveries: number;
}

/** How thorough a recovery is: the first one repairs what is broken, the second one writes everything anew. */
export type RecoveryMethod = 'repair' | 'rewrite';

export type BootDecision =
  /** Start this one; those in `dirty` are marked so before (spec B3). */
  | { action: 'boot'; partition: string; dirty: readonly string[]; reason: string }
  /** Recover these partitions, with the boot records of their disks where those are broken (spec B5). */
  | {
      action: 'recover';
      method: RecoveryMethod;
      partitions: readonly string[];
      dirty: readonly string[];
      reason: string;
    }
  /** Recovery was tried often enough: somebody has to look at the machine. */
  | { action: 'give-up'; dirty: readonly string[]; reason: string };

/** Recoveries in a row after which a machine is given up: a repair, then everything anew. */
export const recoveryLimit = 2;

/**
 * Decides which partition starts, or that the machine is recovered (spec B2 to B5; docs/logic-file.md has the table).
 * Pure.
 *
 * A damaged boot record means recovery at once. A disk that cannot be read is one without a partition to start from: with
 * another disk that has one it goes on there. A partition that is damaged, Dirty, or of unknown state is passed over; the
 * first one that is not starts. When none is left, all that were passed over are recovered. After `recoveryLimit`
 * recoveries without a system that came up, a damaged record is no hindrance for the others, and nothing is recovered.
 */
export function decideBoot({ partitions, recoveries }: BootFindings): BootDecision {
  const broken = partitions.filter((partition) => !isBootable(partition));
  const isAtLimit = recoveries >= recoveryLimit;
  const atOnce = partitions.filter(({ bootRecord }) => bootRecord === 'damaged');
  const chosen = atOnce.length === 0 || isAtLimit ? partitions.find(isBootable) : undefined;
  if (chosen !== undefined) {
    const passed = partitions.slice(0, partitions.indexOf(chosen));
    return {
      action: 'boot',
      partition: chosen.name,
      dirty: passed.map(({ name }) => name),
      reason: passed.map(whyNot).join('; ') || `${chosen.name} is ${chosen.state}`,
    };
  }
  const reason = broken.map(whyNot).join('; ') || 'there is no system partition';
  const dirty = broken.map(({ name }) => name);
  if (isAtLimit) return { action: 'give-up', dirty, reason: `${reason}, after ${recoveries} recoveries` };
  const method = recoveries === 0 ? 'repair' : 'rewrite';
  return { action: 'recover', method, partitions: dirty, dirty, reason };
}

function isBootable({ bootRecord, integrity, state }: PartitionFinding): boolean {
  return bootRecord === 'intact' && integrity === 'intact' && (state === 'OK' || state === 'Clean');
}

function whyNot({ name, bootRecord, integrity, state }: PartitionFinding): string {
  if (bootRecord !== 'intact') return `the boot record before ${name} is ${bootRecord}`;
  return `${name} is ${integrity === 'intact' ? state : integrity}`;
}
