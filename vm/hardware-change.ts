import type { MachineSpec, ResolvedMachineSpec, ResolvedNicSpec } from './machine-spec.ts';
import { resolveMachineSpec } from './machine-spec.ts';

/** What somebody does to a machine's hardware between two power-ons; what is not named stays as it is. */
export interface HardwareChange {
  memoryMiB?: number;
  /** The real-time clock at the next power-on: ISO 8601, or `utc`. */
  clock?: string;
  /** Fields that are not named stay. */
  smbios?: NonNullable<MachineSpec['smbios']>;
  /** MAC addresses by the number of the card, from 0: another card of the same kind. */
  macs?: Record<number, string>;
  /** By the number of the card: pulled out, or put back as it was declared. */
  cards?: Record<number, 'removed' | 'as-declared'>;
  /**
   * By the disk's name: pulled out, plugged into another port of its controller, another one with its own serial number in
   * its place (what lies on it is the image's affair), or put back as it was declared.
   */
  disks?: Record<string, 'removed' | 'as-declared' | { port?: number; serial?: string }>;
}

/**
 * A machine's hardware after a change.
 *
 * @param now The hardware as it is.
 * @param declared The hardware as the scenario declared it.
 * @throws FOUNDATION_CONFIG_INVALID when the change makes no machine.
 */
export function changedHardware(
  now: ResolvedMachineSpec,
  change: HardwareChange,
  declared: ResolvedMachineSpec,
): ResolvedMachineSpec {
  const { memoryMiB = now.memoryMiB, clock = now.clock, smbios, disks = {} } = change;
  const placed = withPorts(declared.disks).flatMap((disk) => {
    const place = disks[disk.name] ?? 'as-now';
    if (place === 'as-declared') return [disk];
    const present = withPorts(now.disks).find(({ name }) => name === disk.name);
    if (place === 'removed' || present === undefined) return [];
    return [place === 'as-now' ? present : { ...present, ...place }];
  });
  const names = placed.map(({ name }) => name);
  const isGone = (device: string) =>
    declared.disks.some(({ name }) => name === device) && !names.includes(device);
  return resolveMachineSpec({
    ...now,
    ...{ memoryMiB, clock, disks: placed, smbios: { ...now.smbios, ...smbios } },
    nics: now.nics.map((nic, index) => changedCard(nic, declared.nics[index]!, index, change)),
    ...(declared.bootOrder && { bootOrder: declared.bootOrder.filter((device) => !isGone(device)) }),
  } as MachineSpec);
}

function changedCard(
  now: ResolvedNicSpec,
  declared: ResolvedNicSpec,
  index: number,
  { macs = {}, cards = {} }: HardwareChange,
): ResolvedNicSpec {
  const change = cards[index];
  const card = change === 'as-declared' ? declared : now;
  return { ...card, mac: macs[index] ?? card.mac, isPlugged: change === 'removed' ? false : card.isPlugged };
}

/** Ports that were counted by order stay where they are when a disk before them goes. */
function withPorts(disks: ResolvedMachineSpec['disks']): ResolvedMachineSpec['disks'] {
  return disks.map((disk, index) => ({ ...disk, port: disk.port ?? index }));
}
