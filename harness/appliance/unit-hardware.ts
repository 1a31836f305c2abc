import { createHash } from 'node:crypto';
import type { MachineSpec } from '../../vm/index.ts';

/** What makes one machine another than the next: what an identity may be derived from (spec M8, M8a). */
export interface UnitHardware {
  mac: string;
  smbios: NonNullable<MachineSpec['smbios']>;
  diskSerials: { system: string; data: string };
}

/** What all units of a product have in common in their SMBIOS (DMTF DSP0134, type 1). */
export interface UnitModel {
  manufacturer: string;
  product: string;
}

/** What the reference appliance says of itself. */
export const referenceModel: UnitModel = { manufacturer: 'Example Appliances', product: 'Headless 2' };

/**
 * The hardware of a unit, by its name: the same name is the same hardware, another name another, in every run.
 * Serial numbers look as a board's and a case's do; the MAC is a universally administered one.
 */
export function unitHardware(unit: string, model: UnitModel = referenceModel): UnitHardware {
  const digest = createHash('sha256').update(`assay unit ${unit}`).digest('hex');
  const take = (from: number, length: number) => digest.slice(from, from + length);
  const serial = (prefix: string, from: number) => `${prefix}${take(from, 8).toUpperCase()}`;
  const [a, b, c] = [take(0, 2), take(2, 2), take(4, 2)];
  return {
    mac: `00:1b:21:${a}:${b}:${c}`,
    smbios: {
      ...model,
      serial: serial('PF', 6),
      uuid: `${take(14, 8)}-${take(22, 4)}-4${take(26, 3)}-a${take(29, 3)}-${take(32, 12)}`,
      boardSerial: serial('MB', 44),
      chassisSerial: serial('CH', 52),
    },
    diskSerials: { system: `SYS-${take(8, 12)}`, data: `DAT-${take(20, 12)}` },
  };
}
