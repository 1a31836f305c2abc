import type { Finding } from '../finding.ts';
import { mostFindingsOfOneKind } from './boot-limits.ts';

/** Collects findings of a whole disk, so many of each kind: hostile settings have a hundred thousand of them. */
export class BootFindingList {
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<string, number>();

  add(findings: Iterable<Finding>): void {
    for (const finding of findings) {
      const count = (this.#counts.get(finding.kind) ?? 0) + 1;
      this.#counts.set(finding.kind, count);
      if (count <= mostFindingsOfOneKind) this.#findings.push(finding);
    }
  }

  /** In the order in which they were added; of kinds that have too many, the rest in one. */
  all(): Finding[] {
    const rests = [...this.#counts]
      .filter(([, count]) => count > mostFindingsOfOneKind)
      .map(([kind, count]) => ({
        ...{ kind, where: 'elsewhere' },
        evidence: `${count - mostFindingsOfOneKind} more, not listed one by one`,
      }));
    return [...this.#findings, ...rests];
  }
}
