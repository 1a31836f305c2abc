import { join } from 'node:path';
import { readSysFile, readSysFolder, readSysLink } from './sys-file.ts';

/** A device on the PCI bus, numbers as four or six hexadecimal digits (PCI Local Bus 3.0, section 6.2.1). */
export interface PciDevice {
  /** Domain, bus, device and function: `0000:00:03.0`. */
  address: string;
  class: string;
  vendor: string;
  device: string;
  /** The driver that serves it; null when none does. */
  driver: string | null;
  kind: 'storage' | 'network' | 'other';
}

/** All devices on the PCI bus, by address (spec R6). */
export function listPciDevices(sysFolder: string): PciDevice[] {
  const folder = join(sysFolder, 'bus/pci/devices');
  return readSysFolder(folder).map((address) => {
    const path = join(folder, address);
    const number = (name: string) => (readSysFile(join(path, name)) ?? '').replace(/^0x/, '');
    const kind = kinds[number('class').slice(0, 2)] ?? 'other';
    return {
      ...{ address, class: number('class'), vendor: number('vendor'), device: number('device') },
      ...{ driver: driverOf(path), kind },
    };
  });
}

/** Storage and network devices that no driver serves: what a missing driver is recognised by. */
export function devicesWithoutDriver(devices: readonly PciDevice[]): PciDevice[] {
  return devices.filter(({ kind, driver }) => kind !== 'other' && driver === null);
}

/** For people: `network device 0000:00:03.0 (1af4:1000)`. */
export function describePciDevice({ kind, address, vendor, device }: PciDevice): string {
  return `${kind} device ${address} (${vendor}:${device})`;
}

const kinds: Record<string, PciDevice['kind']> = { '01': 'storage', '02': 'network' };

/**
 * A virtio device is served twice: its PCI side by virtio-pci, what it is by a driver of the device below. Only the
 * second one makes a disk or a card of it.
 */
function driverOf(path: string): string | null {
  const driver = readSysLink(join(path, 'driver'));
  if (driver !== 'virtio-pci') return driver ?? null;
  const below = readSysFolder(path).find((name) => /^virtio\d+$/.test(name));
  return (below && readSysLink(join(path, below, 'driver'))) ?? null;
}
