import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import type { LicenceLevel } from '../layout/layout-schema.ts';
import { chooseLicenceLevel } from '../layout/licence-level.ts';
import type { LicenceRecord } from '../records/index.ts';

const licenceKeysSchema = z.record(z.string(), z.string().min(4).max(200));

/** Keys by level of licence. */
export type LicenceKeys = z.output<typeof licenceKeysSchema>;

/** Reads a text file that gives a key for each level. @throws FOUNDATION_CONFIG_INVALID */
export async function readLicenceKeys(path: string): Promise<LicenceKeys> {
  return parseConfig(licenceKeysSchema, parse(await readFile(path, 'utf8')), `the licence keys ${path}`);
}

/** The licence of a disk, chosen by its capacity (spec M3). @throws CORE_LICENCE_MISSING */
export function chooseLicence(
  levels: readonly LicenceLevel[],
  keys: LicenceKeys,
  capacityBytes: number,
): LicenceRecord {
  const level = chooseLicenceLevel(levels, capacityBytes);
  const key = keys[level];
  if (key !== undefined) return { level, key, capacityBytes };
  throw coreErrors.CORE_LICENCE_MISSING({ tried: `find the key of the licence "${level}"` });
}
