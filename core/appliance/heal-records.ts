import type { Machine } from './machine.ts';

/**
 * Rewrites copies of raw records that were found damaged while another copy is good, so that a second fault does
 * not meet a record that has been living on its last copy.
 *
 * @returns The kinds that were mended.
 */
export async function healRecords(machine: Machine): Promise<string[]> {
  const healed: string[] = [];
  for (const disk of machine.layout.disks) {
    if (disk.role === 'data' && machine.dataDisk === null) continue;
    for (const kind of ['signature', 'licence', 'manufacturing'] as const) {
      if (disk.records[kind] === undefined) continue;
      await using record = await machine.record(kind, disk.role);
      if ((await record.heal()) > 0) healed.push(`${kind} on the ${disk.role} disk`);
    }
  }
  return healed;
}
