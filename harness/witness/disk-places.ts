import type { LayoutText, RecordKind } from './layout-text.ts';
import type { PartitionTable } from './partition-table.ts';

/** What part of a disk a sector belongs to. */
export interface Place {
  /** `extended`: in an extended partition, outside of its logical drives. */
  kind: 'boot-record' | 'record' | 'partition' | 'extended' | 'gap';
  /** For people: `partition 6 (data)`. */
  name: string;
  /** Of a partition, its number. */
  partition?: number;
  /** Of a partition, its role in the layout, when the witness was given one. */
  role?: string;
  /** Of a raw record, its kind. */
  record?: RecordKind;
}

interface PlacedRange {
  firstSector: number;
  endSector: number;
  place: Place;
}

/** Tells of every sector of a disk where it lies: in a partition, a raw record, the boot record, or a gap. */
export class PlaceMap {
  /** The more special ones first: a logical drive lies in an extended partition. */
  readonly #ranges: readonly PlacedRange[];

  constructor(ranges: readonly PlacedRange[]) {
    this.#ranges = ranges;
  }

  at(sector: number): Place {
    const range = this.#ranges.find(
      ({ firstSector, endSector }) => sector >= firstSector && sector < endSector,
    );
    return range?.place ?? { kind: 'gap', name: 'outside of every partition' };
  }
}

/** The map of a disk from its partition table, null when it has none, and the layout, when there is one. */
export function placesOf(table: PartitionTable | null, layout: LayoutText | undefined): PlaceMap {
  const partitions = [...(table?.partitions ?? [])].sort(
    (one, other) => Number(one.isExtended) - Number(other.isExtended),
  );
  return new PlaceMap([
    { firstSector: 0, endSector: 1, place: { kind: 'boot-record', name: 'master boot record' } },
    ...(layout?.records ?? []).flatMap(({ kind, sectors }) =>
      sectors.map((sector, index) => ({
        firstSector: sector,
        endSector: sector + 1,
        place: { kind: 'record' as const, name: `record ${kind}, copy ${index + 1}`, record: kind },
      })),
    ),
    ...partitions.map(({ number, firstSector, sectorCount, isExtended }) => {
      const role = layout?.partitions.find((declared) => declared.number === number)?.role;
      return {
        firstSector,
        endSector: firstSector + sectorCount,
        place: isExtended
          ? { kind: 'extended' as const, name: `extended partition ${number}`, partition: number }
          : {
              kind: 'partition' as const,
              name: `partition ${number}${role === undefined ? '' : ` (${role})`}`,
              partition: number,
              ...(role === undefined ? {} : { role }),
            },
      };
    }),
  ]);
}
