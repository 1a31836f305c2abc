import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence, EvidenceSource, HardwareEvidence, RejectedEvidence } from './evidence.ts';
import {
  canonicalSerial,
  macPlaceholderReason,
  serialPlaceholderReason,
  uuidPlaceholderReason,
} from './placeholder.ts';

/**
 * Reads what the kernel shows of the hardware, accepts what can identify it and says why the rest cannot
 * (spec M8a). What is missing or unreadable is no evidence, and no error.
 *
 * Nothing here waits: the kernel answers at once, and on slow hardware the hand-over to another thread costs more.
 *
 * @param sysfsPath Where sysfs is; tests give a tree of their own.
 */
export function gatherEvidence(sysfsPath = '/sys'): HardwareEvidence {
  const findings = [...readFirmware(sysfsPath), ...readNetworkCards(sysfsPath)];
  const accepted: Evidence[] = [];
  const rejected: RejectedEvidence[] = [];
  const seen = new Set<string>();
  for (const { source, value, reason } of findings) {
    // Makers print one number on board, system and chassis alike: it is one fact, not three.
    const duplicate = seen.has(value) ? 'was already given by another source' : undefined;
    const why = reason ?? duplicate;
    if (why === undefined) accepted.push({ source, value });
    else rejected.push({ source, value, reason: why });
    seen.add(value);
  }
  return { accepted, rejected };
}

interface Finding {
  source: EvidenceSource;
  value: string;
  reason?: string | undefined;
}

const serialFiles: readonly [EvidenceSource, string][] = [
  ['board-serial', 'board_serial'],
  ['product-serial', 'product_serial'],
  ['chassis-serial', 'chassis_serial'],
];

function readFirmware(sysfsPath: string): Finding[] {
  const folder = join(sysfsPath, 'class/dmi/id');
  const findings: Finding[] = [];
  const uuid = readText(join(folder, 'product_uuid'))?.toLowerCase();
  if (uuid) findings.push({ source: 'product-uuid', value: uuid, reason: uuidPlaceholderReason(uuid) });
  for (const [source, file] of serialFiles) {
    const text = readText(join(folder, file));
    if (text === undefined) continue;
    const value = canonicalSerial(text);
    findings.push({ source, value, reason: serialPlaceholderReason(value) });
  }
  return findings;
}

/** Only cards that are hardware, and built in: a USB adapter moves from machine to machine. */
function readNetworkCards(sysfsPath: string): Finding[] {
  const folder = join(sysfsPath, 'class/net');
  const names = orUndefined(() => readdirSync(folder)) ?? [];
  const findings: Finding[] = [];
  for (const name of names.sort()) {
    const device = orUndefined(() => realpathSync.native(join(folder, name, 'device')));
    if (device === undefined) continue;
    const mac = readText(join(folder, name, 'address'))?.toLowerCase() ?? '';
    const assigned = readText(join(folder, name, 'addr_assign_type'));
    findings.push({ source: 'mac', value: mac, reason: networkReason(mac, device, assigned) });
  }
  return findings.sort((a, b) => (a.value < b.value ? -1 : 1));
}

function networkReason(mac: string, device: string, assigned: string | undefined): string | undefined {
  if (/\/usb\d*\//.test(device)) return 'belongs to a card that can be unplugged';
  // NET_ADDR_PERM is 0 (linux/netdevice.h); anything else was made up or set by software.
  if (assigned !== '0') return 'is not the address the card was made with';
  return macPlaceholderReason(mac);
}

/** Firmware strings may hold any byte; latin1 keeps them one to one. */
function readText(path: string): string | undefined {
  return orUndefined(() => readFileSync(path))
    ?.toString('latin1')
    .trim();
}

function orUndefined<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
