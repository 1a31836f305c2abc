import type { OtherDiskState } from './other-disks.ts';
import { hexOfLanes, laneCount } from './sector-hash.ts';
import { versionsOfState } from './state-content.ts';

/** What a disk is to be when a machine is switched on. */
export type DiskState = OtherDiskState;

/**
 * Says what a disk has in some of its sectors: two states of one recording have the same there exactly when their keys are
 * the same. What lies as the image at the power-on has it adds nothing, and so do sectors that were never written to.
 *
 * @param isMeant Whether a sector counts; all do without it.
 */
export function contentKey(
  { history, state }: DiskState,
  isMeant: (sector: number) => boolean = () => true,
): string {
  const sum = new Int32Array(laneCount);
  if (history === undefined) return hexOfLanes(sum);
  const { sectors, lanes } = history.versions;
  for (const [slot, version] of versionsOfState(history, state)) {
    if (!isMeant(sectors[slot]!)) continue;
    for (let lane = 0; lane < laneCount; lane += 1) sum[lane]! += lanes[version * laneCount + lane]!;
  }
  return hexOfLanes(sum);
}
