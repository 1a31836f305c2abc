import type { Blame } from '../../../foundation/index.ts';
import type { ClonedMachine } from '../../../reports/validation/proof-report.ts';
import type { CloneChanges } from '../divergence/clone-changes.ts';
import type { FoundIdentity, IdentityReading } from './identity-reading.ts';

/** What went wrong with a clone, in which part of its life. */
export interface CloneFailure {
  clone: string;
  /** From 1. */
  boot: number;
  phase: 'ready' | 'shut-down' | 'identities' | 'changes';
  /** Anything but `product` says nothing of the disk. */
  blame: Blame;
  /** In one line. */
  text: string;
}

/** What the scenarios of a proof have observed; they put it here, and pure functions compare it afterwards. */
export interface ProofCollector {
  clones: ClonedMachine[];
  /** What the master has of identities; the first clone's scenario reads it. */
  master?: FoundIdentity[];
  readings: IdentityReading[];
  /** Whose files were read after which boot, whether or not there were identities in them. */
  readBoots: { clone: string; boot: number }[];
  changes: CloneChanges[];
  failures: CloneFailure[];
}

export function newProofCollector(): ProofCollector {
  return { clones: [], readings: [], readBoots: [], changes: [], failures: [] };
}

/** Notes that a clone is tried, in place of what an earlier attempt at it has left. */
export function beginClone(collector: ProofCollector, clone: ClonedMachine): void {
  const { name } = clone;
  collector.clones = [...collector.clones.filter((other) => other.name !== name), clone];
  collector.readings = collector.readings.filter((reading) => reading.clone !== name);
  collector.readBoots = collector.readBoots.filter((read) => read.clone !== name);
  collector.changes = collector.changes.filter((changes) => changes.name !== name);
  collector.failures = collector.failures.filter((failure) => failure.clone !== name);
}
