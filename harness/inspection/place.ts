/** A partition of a disk, or the whole of a disk that has no table. */
export interface DiskPartition {
  /** As the kernel counts: MBR primaries 1 to 4, logical drives from 5, GPT by their entry from 1; 0 for a whole disk. */
  number: number;
  kind: 'primary' | 'extended' | 'logical' | 'gpt' | 'whole-disk';
  /** From the beginning of the disk. */
  offsetBytes: number;
  /** Within the disk: what the table claims beyond the disk's end is cut off (and is a finding). */
  sizeBytes: number;
  /** Of an MBR two hexadecimal digits (`0x83`), of a GPT a GUID in small letters; empty for a whole disk. */
  type: string;
  /** Its type in words where it is known: `Linux`, `EFI system`. */
  typeName?: string;
  /** PARTUUID as Linux has it: `8c255309-01`, or a GUID in small letters. */
  uniqueId?: string;
  /** Of a GPT. */
  name?: string;
  /** Marked to be booted from (MBR), or with the legacy BIOS bit (GPT). */
  isActive: boolean;
}

/** How findings name a partition. */
export function partitionName({ number }: DiskPartition): string {
  return number === 0 ? 'the whole disk' : `partition ${number}`;
}
