import { type ByteRange, type Finding, longestEvidence } from '../finding.ts';
import { mostFindingsOfOneKind } from './limits.ts';
import type { PartitionFindingKindId } from './partition-finding-kinds.ts';
import { printable } from './printable.ts';

/** Collects findings, so many of each kind: a hostile table has thousands of them. */
export class FindingList {
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<PartitionFindingKindId, number>();

  /** The evidence is made printable, and cut. */
  add(kind: PartitionFindingKindId, where: string, evidence: string, range?: ByteRange): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count >= mostFindingsOfOneKind) return;
    this.#findings.push({
      ...{ kind, where },
      ...(range === undefined ? {} : { range }),
      evidence: printable(evidence, longestEvidence),
    });
  }

  /** All of them, in the order they were made; of kinds that have too many, the rest in one. */
  all(): Finding[] {
    const rests = [...this.#counts]
      .map(([kind, count]) => ({ kind, count: count - (mostFindingsOfOneKind - 1) }))
      .filter(({ count }) => count > 0)
      .map(({ kind, count }) => ({
        kind,
        where: 'elsewhere',
        evidence: `${count} more, not listed one by one`,
      }));
    return [...this.#findings, ...rests];
  }
}
