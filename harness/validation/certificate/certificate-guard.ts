import type { GuardedMaster, MasterGuard, MasterWatch } from '../../../core/factory/index.ts';
import { DiskDigest } from '../../inspection/one-pass/disk-digest.ts';
import { diskDigestFormat } from '../../inspection/one-pass/disk-digest-format.ts';
import { assertCertified, assertCertifiedSize } from './certified-disks.ts';
import { assertDiskCertified } from './compare-disk.ts';
import { certificateErrors } from './errors.ts';
import type { ValidationStatement } from './statement.ts';

export interface GuardOptions {
  /** The certificate's file. */
  where: string;
  signal?: AbortSignal;
  onNotice?: (sentence: string) => void;
}

/**
 * Lets a master be cloned only when its bytes are the certified ones: they are compared before anything is written,
 * and once more as they are cloned, so that also one that changes in between, or a device, whose changes leave no
 * time, makes no clone.
 */
export function certificateGuard(statement: ValidationStatement, options: GuardOptions): MasterGuard {
  return {
    async check(masters) {
      assertOneEach(statement, masters, options.where);
      for (const master of masters) assertCertifiedSize(statement, master);
      for (const { path } of masters) {
        options.onNotice?.(`${path} is read first, to be compared with its certificate`);
        await assertDiskCertified(statement, path, options.signal);
      }
    },
    watch: (master) => watchDigest(statement, master),
  };
}

/** A certificate of the system disk says nothing of the data disk beside it. */
function assertOneEach(
  { subject }: ValidationStatement,
  masters: readonly GuardedMaster[],
  where: string,
): void {
  if (masters.length <= subject.length) return;
  const names = (of: readonly string[]) => `${of.length}: ${of.join(', ')}`;
  throw certificateErrors.CERTIFICATE_INSUFFICIENT({
    ...{ tried: 'clone by the certificate', where },
    expected: `the disks of the master, ${names(masters.map(({ path }) => path))}`,
    got: names(subject.map(({ name }) => name)),
    remedy:
      'clone each disk by itself (assay clone system.raw): the certified one by its certificate, the others without',
  });
}

function watchDigest(statement: ValidationStatement, { path, sizeBytes }: GuardedMaster): MasterWatch {
  const digest = new DiskDigest(sizeBytes);
  let queue = Promise.resolve();
  return {
    onBytes(positionBytes, bytes) {
      // Blocks come while others are still being looked at; the digest takes them one after the other.
      queue = queue.then(() => digest.onData(positionBytes, bytes));
      return queue;
    },
    async finish() {
      await queue;
      const result = await digest.finish();
      try {
        assertCertified(statement, { path, sizeBytes, digest: result.digest });
      } catch (error) {
        throw certificateErrors.CERTIFICATE_DISK_DIFFERS(
          {
            ...{ tried: 'clone by the certificate', where: path, expected: 'what was there before' },
            got: `${diskDigestFormat} ${result.digest}: the master has changed meanwhile`,
            remedy: 'end whatever writes to it (a machine that still runs on it?), and clone again',
          },
          error,
        );
      }
    },
  };
}
