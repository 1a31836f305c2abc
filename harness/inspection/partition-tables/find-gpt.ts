import { type BootRecord, protectiveEntry } from './boot-record.ts';
import { type GptCopy, readGptCopy } from './gpt-copy.ts';
import type { PartitionSource } from './partition-reading.ts';

/** The copies of a GPT that lie on a disk. */
export interface FoundGpt {
  sectorBytes: number;
  /** The last sector of the disk. */
  lastSector: bigint;
  primary: GptCopy | undefined;
  backup: GptCopy | undefined;
  /** Other headers, at places where a backup could be. */
  strays: GptCopy[];
  /** The header of another primary, for the other size of sectors. */
  otherPrimary: GptCopy | undefined;
}

/** Looks for a GPT with sectors of 512 and of 4096 bytes; of two, for the one that is in better health, then for that of 512. */
export async function findGpt(
  source: PartitionSource,
  record: BootRecord | undefined,
): Promise<FoundGpt | undefined> {
  const small = await findCopies(source, record, 512);
  const large = await findCopies(source, record, 4096);
  const [better, other] = health(large) > health(small) ? [large, small] : [small, large];
  if (health(better) === 0) return undefined;
  return { ...better, otherPrimary: other.primary?.isHeaderWhole ? other.primary : undefined };
}

type Copies = Omit<FoundGpt, 'otherPrimary'>;

function health({ primary, backup }: Copies): number {
  if (primary?.damage === '') return 3;
  if (backup?.damage === '') return 2;
  return primary || backup ? 1 : 0;
}

async function findCopies(
  source: PartitionSource,
  record: BootRecord | undefined,
  sectorBytes: number,
): Promise<Copies> {
  const primary = await readGptCopy(source, sectorBytes, 1n);
  const lastSector = BigInt(Math.floor(source.sizeBytes / sectorBytes)) - 1n;
  const protective = record && protectiveEntry(record);
  const places = new Set([
    ...(primary ? [primary.header.otherSector] : []),
    lastSector,
    ...(protective ? [BigInt(protective.firstSector) + BigInt(protective.sectorCount) - 1n] : []),
  ]);
  const copies: GptCopy[] = [];
  for (const place of places) {
    const copy = place > 1n && (await readGptCopy(source, sectorBytes, place));
    if (copy) copies.push(copy);
  }
  const backup = chooseBackup(primary, copies);
  return { sectorBytes, lastSector, primary, backup, strays: copies.filter((copy) => copy !== backup) };
}

/** A header elsewhere than where the primary wants it is its backup only if it is of the same disk. */
function chooseBackup(primary: GptCopy | undefined, copies: GptCopy[]): GptCopy | undefined {
  if (primary?.damage !== '') return copies.find(({ damage }) => damage === '') ?? copies[0];
  const wanted = copies.find(({ sector }) => sector === primary.header.otherSector);
  if (wanted?.damage === '') return wanted;
  const same = copies.find(
    ({ damage, header }) => damage === '' && header.diskGuid === primary.header.diskGuid,
  );
  return same ?? wanted;
}
