/** One of the four entries of a boot record (UEFI 2.10, table 5-2). Sectors are of 512 bytes. */
export interface BootRecordEntry {
  /** 1 to 4. */
  slot: number;
  /** 0x80 for active, 0x00 otherwise; anything else is damage. */
  bootFlag: number;
  /** `0x83`. */
  type: string;
  /** From the beginning of the disk, or of what the record belongs to. */
  firstSector: number;
  sectorCount: number;
}

/** A sector that ends in 55AA, as a boot record: of the disk (MBR) or of a logical drive (EBR). */
export interface BootRecord {
  diskId: number;
  entries: BootRecordEntry[];
}

const firstEntryByte = 446;
const entryBytes = 16;

/** Reads a sector as a boot record; undefined when the signature 55AA is not there (UEFI 2.10, table 5-1). */
export function parseBootRecord(sector: Buffer): BootRecord | undefined {
  return sector.length >= 512 && hasSignature(sector) ? parseWithoutSignature(sector) : undefined;
}

/** Whether a sector of 512 bytes ends in 55AA. */
export function hasSignature(sector: Buffer): boolean {
  return sector.readUInt16BE(510) === 0x55aa;
}

/** The same of any sector, for what it would be if it had the signature. */
export function parseWithoutSignature(sector: Buffer): BootRecord {
  const entries = [1, 2, 3, 4].map((slot) => {
    const at = firstEntryByte + (slot - 1) * entryBytes;
    return {
      slot,
      bootFlag: sector[at]!,
      type: hexByte(sector[at + 4]!),
      firstSector: sector.readUInt32LE(at + 8),
      sectorCount: sector.readUInt32LE(at + 12),
    };
  });
  return { diskId: sector.readUInt32LE(440), entries };
}

/** Linux and sfdisk take an entry for a partition when it has a length, whatever its type. */
export function isUsed({ sectorCount }: BootRecordEntry): boolean {
  return sectorCount > 0;
}

/** A partition that holds a chain of logical drives. */
export function isExtended({ type }: BootRecordEntry): boolean {
  return extendedTypes.includes(type);
}

/** Linux does not take the sector for a table when one of its flags is another. */
export function hasValidFlags({ entries }: BootRecord): boolean {
  return entries.every(({ bootFlag }) => bootFlag === 0 || bootFlag === 0x80);
}

/** The entry that announces a GPT, wherever it begins. */
export function protectiveEntry({ entries }: BootRecord): BootRecordEntry | undefined {
  return entries.find(({ type }) => type === '0xee');
}

/** `0x0c`, as types and flags are written. */
export function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}

const extendedTypes: readonly string[] = ['0x05', '0x0f', '0x85'];
