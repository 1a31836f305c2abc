import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { errorMessage, parseConfig } from '../../foundation/index.ts';
import { witnessErrors } from './errors.ts';

/** The kinds of raw records, with their numbers on the disk (docs/layouts.md, "Raw records"). */
export const recordKindNumbers = { 'boot-control': 1, signature: 2, licence: 3, manufacturing: 4 } as const;

/** The kinds of raw records of an appliance (docs/layouts.md). */
export type RecordKind = keyof typeof recordKindNumbers;

/** What the witness needs to know of one disk of a layout. */
export interface LayoutText {
  role: string;
  /** One absolute sector per copy. */
  records: { kind: RecordKind; sectors: number[] }[];
  partitions: { role: string; number: number; fileSystem: string; label: string }[];
}

const copySpacingSectors = 8;
const firstLogicalNumber = 5;

const recordKinds = Object.keys(recordKindNumbers) as RecordKind[];
const recordPlace = z.looseObject({ firstSector: z.int().positive(), copies: z.int().positive() });
const layoutSchema = z.looseObject({
  disks: z.array(
    z.looseObject({
      role: z.string(),
      records: z.partialRecord(z.enum(recordKinds), recordPlace),
      partitions: z.array(
        z.looseObject({
          role: z.string(),
          kind: z.enum(['primary', 'logical']),
          fileSystem: z.string(),
          label: z.string(),
        }),
      ),
    }),
  ),
});

/**
 * Reads from the text of a layout where the raw records and the partitions of one disk are: what docs/layouts.md says
 * of it, and no more. Whether the layout is a good one is not asked here.
 *
 * @param diskRole `system` or `data`.
 * @throws WITNESS_LAYOUT_UNREADABLE, also when the layout has no such disk
 */
export async function readLayoutText(path: string, diskRole: string): Promise<LayoutText> {
  const tried = `read disk ${diskRole} of the layout ${path}`;
  let disks: z.output<typeof layoutSchema>['disks'];
  try {
    disks = parseConfig(layoutSchema, parse(await readFile(path, 'utf8')), `the layout ${path}`).disks;
  } catch (error) {
    throw witnessErrors.WITNESS_LAYOUT_UNREADABLE({ tried, got: errorMessage(error) }, error);
  }
  const disk = disks.find(({ role }) => role === diskRole);
  if (disk === undefined) {
    const got = `disks ${disks.map(({ role }) => role).join(', ')}`;
    throw witnessErrors.WITNESS_LAYOUT_UNREADABLE({ tried, got });
  }
  const counts = { primary: 1, logical: firstLogicalNumber };
  return {
    role: diskRole,
    records: recordKinds.flatMap((kind) => {
      const place = disk.records[kind];
      if (place === undefined) return [];
      const { firstSector, copies } = place;
      const sectors = Array.from({ length: copies }, (_, copy) => firstSector + copy * copySpacingSectors);
      return [{ kind, sectors }];
    }),
    partitions: disk.partitions.map(({ role, kind, fileSystem, label }) => ({
      role,
      number: counts[kind]++,
      fileSystem,
      label,
    })),
  };
}
