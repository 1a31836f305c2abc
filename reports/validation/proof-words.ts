import { formatDuration } from '../duration-text.ts';
import { counted } from '../html/page-text.ts';
import type { AttachedTogether, ClonedMachine, ComparedIdentity } from './proof-report.ts';

/** Those of which something was seen: they became ready, at least once. */
export function readyClones<Clone extends Pick<ClonedMachine, 'boots'>>(clones: readonly Clone[]): Clone[] {
  return clones.filter(({ boots }) => boots.some(({ readyMs }) => readyMs !== undefined));
}

/** `2 clones started`; where some of them did not get so far as to be ready: `1 of 2 clones became ready`. */
export function clonesWords(clones: readonly ClonedMachine[]): string {
  const ready = readyClones(clones).length;
  if (ready === clones.length) return `${counted(ready, 'clone')} started`;
  return `${ready === 0 ? 'none' : ready} of ${counted(clones.length, 'clone')} became ready`;
}

/** Whether something is wrong with it, or not known. */
export function isAmiss({ result }: ComparedIdentity): boolean {
  return result !== 'as-expected';
}

/** What came of comparing it, as the end of a sentence. */
export function identityWords({ result, values }: ComparedIdentity): string {
  if (result === 'as-expected' && values.every(({ value }) => value === null)) return 'none on any clone';
  const words: Record<ComparedIdentity['result'], string> = {
    'as-expected': 'as expected',
    shared: 'the same on several clones',
    changed: 'another one after a restart',
    'shared-and-changed': 'the same on several clones, and another one after a restart',
    missing: 'missing on some clones',
    'not-read': 'not read',
  };
  return words[result];
}

/** `original before clone: ready after 61 s; written: original (312 blocks), clone (0 blocks)`. */
export function togetherSentence({ order, readyMs, failure, written }: AttachedTogether): string {
  const ready =
    readyMs === undefined ? `not ready: ${failure ?? 'why is not known'}` : readySentence(readyMs, failure);
  const disks = written.map(({ disk, changedBlocks }) => `${disk} (${counted(changedBlocks, 'block')})`);
  return `${order.join(' before ')}: ${ready}${disks.length === 0 ? '' : `; written: ${disks.join(', ')}`}`;
}

function readySentence(readyMs: number, failure: string | undefined): string {
  return `ready after ${formatDuration(readyMs)}${failure === undefined ? '' : `, then: ${failure}`}`;
}
