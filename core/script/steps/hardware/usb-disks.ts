import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { readSysFile, readSysFolder } from './sys-file.ts';

const massStorage = '08';

/** Whether a USB disk is plugged in that the kernel has not made a disk of yet: that takes a second or more. */
export function usbDisksPending(sysFolder: string): boolean {
  const usbFolder = join(sysFolder, 'bus/usb/devices');
  const interfaces = readSysFolder(usbFolder).filter(
    (name) => readSysFile(join(usbFolder, name, 'bInterfaceClass')) === massStorage,
  );
  const blockFolder = join(sysFolder, 'block');
  const disks = readSysFolder(blockFolder).map((name) => realpathSync.native(join(blockFolder, name)));
  return interfaces.some((name) => !disks.some((path) => path.includes(`/${name}/`)));
}
