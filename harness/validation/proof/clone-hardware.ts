import { createHash } from 'node:crypto';
import type { MachineSpec } from '../../../vm/index.ts';
import type { DiskProfile } from '../profile/disk-profile.ts';
import type { ReadySign } from '../profile/machine-profile.ts';

/** What tells a clone's machine from the others: what an appliance may derive an identity from (spec H5). */
export interface CloneHardware {
  mac: string;
  smbiosUuid: string;
  smbiosSerial: string;
  diskSerial: string;
}

/** A profile by which clones can be started. */
export type ProofProfile = DiskProfile & { ready: ReadySign[] };

/** A disk of a clone's machine. */
export interface CloneDisk {
  name: string;
  /** The raw image. */
  path: string;
  writes: 'kept' | 'discarded';
}

/**
 * The hardware of the clone with this index: the same for the same seed, another one for each index below 256. The MAC address is
 * a locally administered one of a single station (IEEE 802, section 8.4).
 */
export function cloneHardware(seed: string, index: number): CloneHardware {
  const common = hexOf(`assay proof ${seed}`);
  const own = hexOf(`assay proof ${seed} clone ${index}`);
  const take = (from: number, length: number) => own.slice(from, from + length);
  const last = (index % 256).toString(16).padStart(2, '0');
  return {
    mac: `52:54:00:${common.slice(0, 2)}:${common.slice(2, 4)}:${last}`,
    smbiosUuid: `${take(0, 8)}-${take(8, 4)}-4${take(12, 3)}-a${take(15, 3)}-${take(18, 12)}`,
    smbiosSerial: `SN${take(30, 10).toUpperCase()}`,
    diskSerial: `DK${take(40, 10).toUpperCase()}`,
  };
}

/**
 * The machine that the profile describes, with the hardware of one clone. The first disk has the serial number of the hardware, the
 * others have it with their place behind it. TCP ports that `ready` needs are forwarded.
 */
export function cloneMachineSpec(
  profile: ProofProfile,
  {
    name,
    disks,
    hardware,
    bootOrder,
  }: { name: string; disks: readonly CloneDisk[]; hardware: CloneHardware; bootOrder?: string[] },
): MachineSpec {
  const { firmware, controller, memory, cpus, nic, watchdog } = profile.machine;
  const serialOf = (place: number) => `${hardware.diskSerial}${place === 0 ? '' : `-${place}`}`;
  const { smbiosUuid: uuid, smbiosSerial: serial, mac } = hardware;
  return {
    ...{ name, firmware, cpus, memoryMiB: Math.ceil(memory / 1024 ** 2) },
    disks: disks.map((disk, place) => ({ ...disk, controller, serial: serialOf(place) })),
    nics: nic === 'none' ? [] : [{ model: nic, mac, forwardTcpPorts: portsOf(profile.ready) }],
    smbios: { uuid, serial, boardSerial: `${serial}-B`, chassisSerial: `${serial}-C` },
    ...(watchdog === undefined ? {} : { watchdog }),
    ...(bootOrder === undefined ? {} : { bootOrder }),
  };
}

/** The TCP ports of the guest that have to be reached, each once. */
function portsOf(ready: readonly ReadySign[]): number[] {
  const ports = ready.flatMap((sign) =>
    'tcp' in sign ? [sign.tcp] : 'http' in sign ? [sign.http.port] : [],
  );
  return [...new Set(ports)];
}

function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
