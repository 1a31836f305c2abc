import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { errorMessage, formatSize } from '../../foundation/index.ts';
import {
  type ExplorationMaterial,
  explorationFileName,
  explorationSchema,
  type ScenarioRun,
} from '../../reports/index.ts';

/** Time lines are bounded, and so are lists of states; what is larger than this is something else. */
const mostBytes = 32 * 1024 ** 2;

/**
 * What an attempt's exploration of power cuts has found, from the file that it left; nothing where it left none. A file that
 * cannot be read is said to be so, and does not keep the report from being made.
 */
export async function explorationOf(
  { artifacts }: Pick<ScenarioRun, 'artifacts'>,
  runFolder: string,
): Promise<{ exploration?: ExplorationMaterial }> {
  const artifact = artifacts.findLast(
    ({ what, path }) => what === 'json' && basename(path) === explorationFileName,
  );
  if (artifact === undefined) return {};
  const { path } = artifact;
  try {
    const file = resolve(runFolder, path);
    const { size } = await stat(file);
    if (size > mostBytes) return { exploration: { path, trouble: `it has ${formatSize(size)}` } };
    const found = explorationSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return { exploration: { path, found } };
  } catch (error) {
    return { exploration: { path, trouble: errorMessage(error) } };
  }
}
