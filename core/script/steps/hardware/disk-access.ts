import { constants } from 'node:fs';
import { DirectFile } from '../../../factory/clone/direct-file.ts';

/** A disk that is read and written past the page cache: what was read before proves nothing. */
export interface DiskAccess extends AsyncDisposable {
  /** Fills `buffer`, from `allocateAligned`; returns fewer bytes than it has at the end of the disk. */
  read(buffer: Buffer, positionBytes: number): Promise<number>;
  write(bytes: Buffer, positionBytes: number): Promise<void>;
  /** Makes everything durable. */
  sync(): Promise<void>;
}

/** Opens a disk by its device; tests have disks that lie. */
export type OpenDisk = (device: string, use: 'read' | 'write') => Promise<DiskAccess>;

export const openDisk: OpenDisk = (device, use) =>
  DirectFile.open(device, use === 'write' ? constants.O_RDWR : constants.O_RDONLY);

/** The kernel's word for what went wrong: `EIO`. */
export function ioErrorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return String(error);
}
