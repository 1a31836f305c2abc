import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { BootStates } from '../boot-state.ts';

/** Something that happened to the running system; what goes to the event log, and to whoever is to be told (spec B6). */
export interface SystemEvent {
  /** ISO 8601, UTC, by the machine's clock. */
  time: string;
  machine: MachineNames;
  event: EventKind;
  /** The partition that the running system was started from. */
  running: string;
  version: string;
  /** One sentence for people. */
  text: string;
  /** Partitions that come first and were not started, with the reason. */
  passedOver?: Readonly<Record<string, string>>;
  states?: BootStates | null;
}

/** `fallback`: up, but not from the first partition. */
export type EventKind =
  | 'up'
  | 'fallback'
  | 'failed'
  | 'problem'
  | 'notified'
  | 'notification-failed'
  | 'repaired'
  | 'repair-failed'
  | 'updated'
  | 'update-failed'
  | 'shut-down';

export interface MachineNames {
  host: string;
  /** The product's serial number by SMBIOS; null when the firmware tells none. */
  serial: string | null;
}

/** Which machine this is, for those who have several. */
export function nameMachine(sysFolder = '/sys'): MachineNames {
  try {
    const serial = readFileSync(join(sysFolder, 'class/dmi/id/product_serial'), 'latin1').trim();
    return { host: hostname(), serial: serial === '' ? null : serial };
  } catch {
    return { host: hostname(), serial: null };
  }
}
