import type { MachineEvent } from '../machines.ts';
import type { DiskSnapshot } from './disk-snapshot.ts';

/** What a report shows of a disk: its areas and, when it was looked at before, how much of each has changed. */
export function diskMapEvent(
  place: { machine: string; disk: string },
  snapshot: DiskSnapshot,
  before?: DiskSnapshot,
): MachineEvent {
  const { sizeBytes, table, areas, digests } = snapshot;
  return {
    kind: 'disk-map',
    ...place,
    when: before === undefined ? 'before' : 'after',
    sizeBytes,
    ...(digests === undefined ? {} : { pieceBytes: digests.pieceBytes }),
    table,
    areas: areas.map((area) => {
      const changedBytes =
        before?.digests && digests?.changedBytes(before.digests, area.startBytes, area.sizeBytes);
      return { ...area, ...(changedBytes === undefined ? {} : { changedBytes }) };
    }),
  };
}
