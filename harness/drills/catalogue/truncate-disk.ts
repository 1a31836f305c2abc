import { stat, truncate } from 'node:fs/promises';
import { formatSize, sectorBytes } from '../../../foundation/index.ts';
import { drillsErrors } from '../errors.ts';
import type { InjectedFault } from '../fault-declaration.ts';

/** Lets a disk end early: what lay behind is gone. */
export async function truncateDisk(path: string, percent: number): Promise<InjectedFault> {
  const { size } = await stat(path);
  const left = Math.floor((size * percent) / 100 / sectorBytes) * sectorBytes;
  await truncate(path, left);
  const now = (await stat(path)).size;
  if (now !== left || now >= size) {
    throw drillsErrors.DRILLS_INJECTION_FAILED({
      tried: `truncate ${path} to ${left} bytes`,
      got: `${now} bytes`,
    });
  }
  return {
    what: `the disk ends after ${formatSize(left)}`,
    proof: () => `${size} bytes before, ${now} bytes after`,
  };
}
