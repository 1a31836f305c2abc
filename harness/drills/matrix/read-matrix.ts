import { readFile } from 'node:fs/promises';
import { errorMessage } from '../../../foundation/index.ts';
import { parseYamlText } from '../../../images/index.ts';
import { drillsErrors } from '../errors.ts';
import { deliveredMatrix } from './delivered-matrix.ts';
import { type MatrixGroup, matrixSchema, type QuarantineEntry } from './matrix-schema.ts';

/** The matrix of a campaign as it was read. */
export interface Matrix {
  /** As it was named, for messages. */
  path: string;
  groups: MatrixGroup[];
  /** None has expired. */
  quarantine: QuarantineEntry[];
}

/**
 * Reads a matrix.
 *
 * @param now By which quarantine entries expire, milliseconds since 1970.
 * @throws DRILLS_MATRIX_INVALID where it cannot be read, and as {@link parseMatrix}.
 */
export async function readMatrix(path = deliveredMatrix, now = Date.now()): Promise<Matrix> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw drillsErrors.DRILLS_MATRIX_INVALID({ tried: `read ${path}`, got: errorMessage(error) }, error);
  });
  return parseMatrix(text, path, now);
}

/**
 * The same for a text that was read already.
 *
 * @throws IMAGES_TEXT_INVALID when it is not YAML, FOUNDATION_CONFIG_INVALID with the lines of what is wrong,
 * DRILLS_QUARANTINE_EXPIRED
 */
export function parseMatrix(text: string, path: string, now: number): Matrix {
  const { drills: groups, quarantine } = parseYamlText(text, path, matrixSchema, 'matrix');
  for (const { drill, owner, reason, expires } of quarantine) {
    // The day that is named is the last one; days begin and end in UTC.
    if (now < Date.parse(expires) + dayMs) continue;
    throw drillsErrors.DRILLS_QUARANTINE_EXPIRED({
      tried: `keep ${drill} in quarantine: ${reason} (${owner})`,
      where: path,
      expected: 'a date that has not passed',
      got: expires,
    });
  }
  return { path, groups, quarantine };
}

const dayMs = 24 * 60 * 60 * 1000;
