import type { DiskPartition } from '../place.ts';
import type { ResidueRule } from './residue-rule.ts';

/** Which files rules have spoken of: by a finding, or because something takes care of them at first boot (`unless`). */
export class JudgedFiles {
  readonly #rules = new Map<DiskPartition, Map<string, ResidueRule[]>>();

  note(partition: DiskPartition, path: string, rule: ResidueRule): void {
    const ofPartition = this.#rules.get(partition) ?? new Map<string, ResidueRule[]>();
    this.#rules.set(partition, ofPartition);
    const rules = ofPartition.get(path);
    if (rules === undefined) ofPartition.set(path, [rule]);
    else rules.push(rule);
  }

  /** @param path In the file system of the partition; the one that a link leads to. */
  rulesOf(partition: DiskPartition, path: string): readonly ResidueRule[] {
    return this.#rules.get(partition)?.get(path) ?? [];
  }
}
