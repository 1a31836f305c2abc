import type { LayoutText, RecordKind } from './layout-text.ts';
import type { RawArea } from './raw-area.ts';
import { judgeRecordCopy, type RecordCopy, type RecordValue } from './record-copy.ts';

/** One raw record of a disk, over all its copies. */
export interface DiskRecord {
  state: 'null' | 'valid' | 'damaged';
  /** What counts: of the newest valid copy; null unless the state is valid. */
  value: RecordValue | null;
  /** Of the newest valid copy; null unless the state is valid. */
  sequence: number | null;
  /** Whether every sector has the same bytes. After a start of the primary those of boot-control have not. */
  copiesAgree: boolean;
  /** Every copy with its absolute sector, and the sector's bytes in hexadecimal. */
  copies: (RecordCopy & { sector: number; hex: string })[];
}

/** The raw records that the layout declares for this disk (spec M3, M4), each by its kind. */
export async function readRecords(
  disk: RawArea,
  layout: LayoutText,
): Promise<Partial<Record<RecordKind, DiskRecord>>> {
  const records: Partial<Record<RecordKind, DiskRecord>> = {};
  for (const { kind, sectors } of layout.records) {
    const copies: DiskRecord['copies'] = [];
    for (const sector of sectors) {
      const bytes = await disk.sectors(sector, 1);
      copies.push({ ...judgeRecordCopy(kind, bytes), sector, hex: bytes.toString('hex') });
    }
    records[kind] = weigh(copies);
  }
  return records;
}

/** Of valid copies the highest sequence number counts, of equals the first; one torn copy beside zeros is null. */
function weigh(copies: DiskRecord['copies']): DiskRecord {
  const copiesAgree = copies.every(({ hex }) => hex === copies[0]!.hex);
  const valid = copies.filter((copy) => copy.state === 'valid');
  const newest = valid.reduce<(typeof valid)[number] | undefined>(
    (best, copy) => (best === undefined || copy.sequence > best.sequence ? copy : best),
    undefined,
  );
  if (newest !== undefined) {
    return { state: 'valid', value: newest.value, sequence: newest.sequence, copiesAgree, copies };
  }
  const notZero = copies.filter(({ state }) => state !== 'zero');
  const isNull = notZero.length === 0 || (notZero.length === 1 && notZero[0]!.state === 'torn');
  return { state: isNull ? 'null' : 'damaged', value: null, sequence: null, copiesAgree, copies };
}
