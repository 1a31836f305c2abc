import { join } from 'node:path';
import { readSysFile, readSysFolder, readSysLink } from './sys-file.ts';

export interface NetworkCard {
  /** `eth0`. */
  name: string;
  macAddress: string;
  driver: string | null;
}

/** Network cards that are hardware, by name: the loopback device and bridges are none (spec R6). */
export function listNetworkCards(sysFolder: string): NetworkCard[] {
  const folder = join(sysFolder, 'class/net');
  const names = readSysFolder(folder).filter(
    (name) => readSysLink(join(folder, name, 'device')) !== undefined,
  );
  return names.sort(byNumber).map((name) => ({
    name,
    macAddress: readSysFile(join(folder, name, 'address')) ?? '',
    driver: readSysLink(join(folder, name, 'device/driver')) ?? null,
  }));
}

/** Whether the card hears its other end; a card that is down hears nothing. */
export function hasCarrier(sysFolder: string, card: string): boolean {
  return readSysFile(join(sysFolder, 'class/net', card, 'carrier')) === '1';
}

/** Whether the card is switched on (IFF_UP). */
export function isUp(sysFolder: string, card: string): boolean {
  return (Number(readSysFile(join(sysFolder, 'class/net', card, 'flags')) ?? 0) & 1) === 1;
}

/** eth10 comes after eth9. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
