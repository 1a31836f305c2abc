import { type LayoutText, readLayoutText } from '../witness/index.ts';
import type { DrillSubject } from './drill-subject.ts';

/** How partitions of a subject's disk are named by their roles; undefined where nobody has said it. */
export async function targetLayout(
  {
    machine,
    layoutPath,
    partitions,
  }: Pick<DrillSubject, 'layoutPath' | 'partitions'> & {
    machine: Pick<DrillSubject['machine'], 'diskFiles'>;
  },
  diskName: string,
): Promise<LayoutText | undefined> {
  // A disk that the layout does not describe has no roles: decoys.
  if (layoutPath !== undefined) return await readLayoutText(layoutPath, diskName).catch(() => undefined);
  if (partitions === undefined || machine.diskFiles[0]?.name !== diskName) return undefined;
  return layoutOfRoles(partitions);
}

/** Of a disk of which nothing but roles of partitions is known: it has no raw records, and what lies in a partition is read from it. */
export function layoutOfRoles(partitions: NonNullable<DrillSubject['partitions']>): LayoutText {
  return {
    role: 'system',
    records: [],
    partitions: partitions.map(({ number, role }) => ({ number, role, fileSystem: '', label: '' })),
  };
}
