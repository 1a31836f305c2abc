import { createHash } from 'node:crypto';
import { coreErrors } from '../../errors.ts';
import { copyDisk } from './copy-disk.ts';
import type { MasterDisk } from './master-disk.ts';
import type { MasterGuard } from './master-guard.ts';
import type { TargetGroup } from './target-group.ts';
import { verifyDisk } from './verify-disk.ts';

/** How far the work on one disk is; a block counts once when it is copied and once when it is verified. */
export interface DiskProgress {
  phase: 'copy' | 'verify';
  doneBytes: number;
}

export interface DiskOptions {
  verify: boolean;
  digest: boolean;
  guard?: MasterGuard | undefined;
  signal?: AbortSignal | undefined;
  onProgress: (progress: DiskProgress) => void;
}

/** What `commit` and the manifest need of a disk that was copied. */
export interface ClonedDisk {
  firstBlock: Buffer;
  sha256?: string;
}

/**
 * Makes every target of the group the same as the master, and proves it. Targets that fail are in the group's
 * failures; when all have failed it returns, too.
 *
 * @throws CORE_CLONE_MASTER_UNREADABLE, CORE_CLONE_MASTER_CHANGED, the signal's reason, what the guard throws.
 */
export async function cloneDisk(
  master: MasterDisk,
  group: TargetGroup,
  options: DiskOptions,
): Promise<ClonedDisk> {
  try {
    await group.forEach(group.targets, 'begin the clone', (target) => target.begin(master));
    return await copyAndVerify(master, group, options);
  } catch (error) {
    if (group.sound.length > 0) throw error;
    options.signal?.throwIfAborted();
    return { firstBlock: Buffer.alloc(0) };
  }
}

async function copyAndVerify(
  master: MasterDisk,
  group: TargetGroup,
  { verify, digest, guard, signal, onProgress }: DiskOptions,
): Promise<ClonedDisk> {
  const watch = guard?.watch({ path: master.path, sizeBytes: master.sizeBytes });
  const pass = (phase: DiskProgress['phase']) => {
    onProgress({ phase, doneBytes: 0 });
    return {
      master,
      group,
      signal,
      hash: digest ? createHash('sha256') : undefined,
      onBlock: (doneBytes: number) => onProgress({ phase, doneBytes }),
    };
  };
  group.assertSound();
  // Where clones are compared with a second reading, it is that one which says what they are.
  const copying = { ...pass('copy'), watch: verify ? undefined : watch };
  const firstBlock = await copyDisk(copying);
  const sha256 = copying.hash?.digest('hex');
  if (verify) {
    group.assertSound();
    const verifying = { ...pass('verify'), watch };
    await verifyDisk(verifying, firstBlock);
    assertSameDigest(master, sha256, verifying.hash?.digest('hex'));
  }
  await watch?.finish();
  return sha256 === undefined ? { firstBlock } : { firstBlock, sha256 };
}

/** Every clone was found equal to what was read the second time; so this is the clones' digest, too. */
function assertSameDigest(master: MasterDisk, first: string | undefined, second: string | undefined): void {
  if (first === second) return;
  throw coreErrors.CORE_CLONE_MASTER_CHANGED({
    tried: 'read the master again',
    where: master.path,
    expected: `SHA-256 ${first}`,
    got: `SHA-256 ${second}`,
  });
}
