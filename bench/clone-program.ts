/**
 * A process that makes one clone, so that its memory is nobody else's: `clone-program.ts MASTER TARGET [digest]`. What
 * it has seen goes to stdout as JSON ({@link ClonedOnce}).
 */
import { readFile } from 'node:fs/promises';
import { cloneMaster } from '../core/factory/index.ts';
import type { ClonedOnce } from './assay-clone.ts';

const [masterPath, targetPath, digest] = process.argv.slice(2);
const startMs = performance.now();
const { clones } = await cloneMaster({
  masterPath: masterPath!,
  targets: [targetPath!],
  digest: digest === 'digest',
  // Random bytes are no finished master; that they are cloned all the same changes nothing in the cloning.
  force: true,
});
const tookMs = performance.now() - startMs;
const { verified, method, readBack } = clones[0]!;
const cloned: ClonedOnce = {
  tookMs,
  verified,
  method,
  readBack,
  peakResidentBytes: await peakResidentBytes(),
};
process.stdout.write(JSON.stringify(cloned));

/** Of this program alone (proc(5), VmHWM); getrusage(2) counts what the process was a copy of before it started, too. */
async function peakResidentBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
