import { readFile } from 'node:fs/promises';
import { errorMessage, parseConfig } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import { parseYaml } from '../yaml-source.ts';
import { type PlannedPartition, planSchema } from './partition-plan.ts';

/**
 * Reads the plan of a disk's partitions from its file (spec R7).
 *
 * @throws SCRIPT_PLAN_INVALID naming every wrong line.
 */
export async function readPlan(path: string): Promise<readonly PlannedPartition[]> {
  const invalid = (got: string, cause?: unknown) =>
    scriptErrors.SCRIPT_PLAN_INVALID({ tried: 'read the plan of a disk', where: path, got }, cause);
  const text = await readFile(path, 'utf8').catch((error) => {
    throw invalid(errorMessage(error), error);
  });
  const { value, lineOf, problems } = parseYaml(text);
  if (problems.length > 0) {
    throw invalid(problems.map(({ line, text }) => `line ${line}: ${text}`).join('\n            '));
  }
  try {
    return parseConfig(planSchema, value, 'the plan', (place) => `line ${lineOf(place)}`).partitions;
  } catch (error) {
    throw invalid((error as { facts?: { got?: string } }).facts?.got ?? errorMessage(error), error);
  }
}
