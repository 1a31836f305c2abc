import type { BootSystem } from '../../inspection/boot-loaders/index.ts';
import type { DiskLook } from './disk-look.ts';
import type { Guess } from './guess-roles.ts';
import { namedPartition } from './named-partition.ts';

/** What RAUC's slots are (RAUC documentation, "System Configuration File"): `[slot.rootfs.1]` with its `device` is `root-b`. */
export function raucRoles({ bootFiles, systems }: DiskLook): Map<BootSystem, Guess> {
  const roles = new Map<BootSystem, Guess>();
  for (const { kind, text, where } of bootFiles) {
    if (kind !== 'rauc') continue;
    let slot: { kind: string; number: number } | undefined;
    for (const line of text.split('\n')) {
      const heading = /^\s*\[([^\]]*)\]/.exec(line);
      if (heading !== null) slot = slotOf(heading[1]!);
      const device = /^\s*device\s*=\s*(\S+)\s*$/.exec(line)?.[1];
      if (device === undefined || slot === undefined) continue;
      const system = namedPartition(device, systems);
      if (system === undefined || roles.has(system)) continue;
      roles.set(system, { role: roleOf(slot), why: `${where} has it as slot.${slot.kind}.${slot.number}` });
    }
  }
  return roles;
}

function slotOf(heading: string): { kind: string; number: number } | undefined {
  const [, kind, number] = /^slot\.([a-z][a-z0-9-]{0,20})\.(\d{1,2})$/.exec(heading) ?? [];
  return kind === undefined ? undefined : { kind, number: Number(number) };
}

function roleOf({ kind, number }: { kind: string; number: number }): string {
  const stem = { rootfs: 'root', efi: 'esp', rescue: 'recovery' }[kind] ?? kind;
  return number === 0 || number > 25 ? stem : `${stem}-${String.fromCharCode(97 + number)}`;
}
