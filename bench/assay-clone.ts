import { join } from 'node:path';
import { runTool } from '../foundation/index.ts';
import type { CloneSide } from './bare-clone.ts';
import { benchErrors } from './errors.ts';

/** What one clone by Assay was. */
export interface ClonedOnce {
  /** From the call to the verified clone under its name. */
  tookMs: number;
  /** The most memory that its process ever had, with Node and all. */
  peakResidentBytes: number;
  verified: boolean;
  method: 'copy' | 'reflink';
  readBack?: 'direct' | 'cache-dropped' | 'memory' | undefined;
}

/**
 * Clones by `cloneMaster` in a process of its own.
 *
 * @throws BENCH_NOT_MEASURED when it was other work than the script's: blocks shared, or read back from memory.
 */
export async function runAssayClone(
  { masterPath, targetPath, signal }: CloneSide,
  { digest = false } = {},
): Promise<ClonedOnce> {
  const program = join(import.meta.dirname, 'clone-program.ts');
  const words = [program, masterPath, targetPath, ...(digest ? ['digest'] : [])];
  const { stdout } = await runTool(process.execPath, ['--disable-warning=ExperimentalWarning', ...words], {
    signal,
  });
  const cloned: ClonedOnce = JSON.parse(stdout);
  const isSameWork = cloned.verified && cloned.method === 'copy' && cloned.readBack !== 'memory';
  if (isSameWork && cloned.peakResidentBytes > 0) return cloned;
  throw benchErrors.BENCH_NOT_MEASURED({
    tried: `clone ${masterPath}`,
    where: targetPath,
    expected: 'bytes copied, and read back from a disk',
    got: stdout,
    remedy: 'run the benchmark in a folder on a disk whose file system has no reflinks, such as ext4',
  });
}
