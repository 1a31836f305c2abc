import { z } from 'zod';
import type { HardwareChange, Machine } from '../../../vm/index.ts';
import { declareFault } from '../fault-declaration.ts';
import { assertCard, changedHardware, partMissing, putBack } from './changed-hardware.ts';
import { back, card } from './parameters.ts';

type Hardware = Machine['hardware'];

/** Faults of the machine around the disks: parts that were replaced, removed or plugged in wrongly. */
export const hardwareFaults = [
  declareFault({
    name: 'nic-replaced',
    layer: 'machine',
    summary: 'a network card was replaced: another MAC address',
    proves: 'one replaced part keeps the identity (M8a)',
    parameters: z.object({
      card,
      mac: z.string().default('52:54:00:fa:17:01').describe('the address of the new card'),
    }),
    when: 'off',
    needs: 'network-card',
    async inject({ machine }, { card, mac }) {
      assertCard(machine, card);
      const look = ({ nics }: Hardware) => nics[card]!.mac;
      return changedHardware(machine, { macs: { [card]: mac } }, look, `network card ${card} was replaced`);
    },
  }),
  declareFault({
    name: 'nic-removed',
    layer: 'machine',
    summary: 'a network card is pulled out before the machine is switched on',
    proves: 'an appliance without its network starts, and its identity is kept',
    parameters: z.object({ card, back: back.describe('put in again when the faults are stopped') }),
    when: 'off',
    needs: 'network-card',
    async inject(target, { card, back }) {
      const { machine } = target;
      assertCard(machine, card);
      const look = ({ nics }: Hardware) =>
        nics.map((nic, index) => `slot ${index} ${nic.isPlugged ? nic.mac : 'empty'}`).join(', ');
      const what = `network card ${card} was pulled out`;
      const injected = changedHardware(machine, { cards: { [card]: 'removed' } }, look, what);
      if (!back) return injected;
      return { ...injected, stop: () => putBack(target, { cards: { [card]: 'as-declared' } }) };
    },
  }),
  declareFault({
    name: 'board-replaced',
    layer: 'machine',
    summary:
      'the main board was replaced: other SMBIOS serial numbers and UUID, the cards and disks are the same',
    proves: 'one replaced part keeps the identity (M8a)',
    parameters: z.object({
      serial: z.string().default('ASSAY-SPARE-0001').describe('serial number of the new board'),
      uuid: z.uuid().default('5f0c8d2e-71a4-4b6e-9d35-0c2a9be4f701').describe('UUID of the new board'),
    }),
    when: 'off',
    async inject({ machine }, { serial, uuid }) {
      const change = { smbios: { boardSerial: serial, uuid } };
      const look = ({ smbios }: Hardware) => `${smbios.boardSerial ?? 'none'}, ${smbios.uuid ?? 'none'}`;
      return changedHardware(machine, change, look, 'the main board was replaced');
    },
  }),
  declareFault({
    name: 'less-memory',
    layer: 'machine',
    summary: 'a memory module is gone',
    proves: 'the appliance starts with less memory, or says why it does not',
    parameters: z.object({ memoryMiB: z.int().min(64).default(384).describe('what is left, in MiB') }),
    when: 'off',
    async inject({ machine }, { memoryMiB }) {
      if (machine.hardware.memoryMiB <= memoryMiB) throw partMissing(machine, `more than ${memoryMiB} MiB`);
      const look = (hardware: Hardware) => `${hardware.memoryMiB} MiB`;
      return changedHardware(machine, { memoryMiB }, look, 'a memory module is gone');
    },
  }),
  declareFault({
    name: 'clock-wrong',
    layer: 'machine',
    summary: 'the battery of the clock is empty: it is years off at power-on',
    proves: 'nothing that is needed to start hangs on the date',
    parameters: z.object({
      clock: z.string().default('1999-12-31T23:59:30').describe('ISO 8601, at the next power-on'),
    }),
    when: 'off',
    needsTrueClock: true,
    async inject({ machine }, { clock }) {
      return changedHardware(machine, { clock }, (hardware) => hardware.clock, 'the clock is years off');
    },
  }),
  declareFault({
    name: 'disk-removed',
    layer: 'machine',
    summary: 'a disk is pulled out before the machine is switched on',
    proves: 'a missing disk is reported, and the rest serves',
    parameters: z.object({ back: back.describe('put in again when the faults are stopped') }),
    when: 'off',
    disk: 'image',
    async inject(target, { back }) {
      const { name } = target.disk!;
      const look = ({ disks }: Hardware) => `disks ${disks.map(({ name }) => name).join(', ') || 'none'}`;
      const what = `disk ${name} was pulled out`;
      const injected = changedHardware(target.machine, { disks: { [name]: 'removed' } }, look, what);
      if (!back) return injected;
      return { ...injected, stop: () => putBack(target, { disks: { [name]: 'as-declared' } }) };
    },
  }),
  declareFault({
    name: 'disks-swapped',
    layer: 'machine',
    summary: "two disks were plugged into each other's ports",
    proves: 'disks are told apart by more than their order, and none is written by mistake',
    parameters: z.object({
      with: z.string().default('data').describe('the other disk'),
      back: back.describe('plugged in rightly when the faults are stopped'),
    }),
    when: 'off',
    needs: 'second-disk',
    disk: 'image',
    async inject(target, { with: other, back }) {
      const { name } = target.disk!;
      const swap = portsSwapped(target.machine, name, other);
      const look = ({ disks }: Hardware) =>
        disks.map(({ name, port }, index) => `${name} at port ${port ?? index}`).join(', ');
      const injected = changedHardware(target.machine, swap, look, `disks ${name} and ${other} were swapped`);
      if (!back) return injected;
      const rightly = { [name]: 'as-declared', [other]: 'as-declared' } as const;
      return { ...injected, stop: () => putBack(target, { disks: rightly }) };
    },
  }),
];

function portsSwapped(machine: Machine, name: string, other: string): HardwareChange {
  const { disks } = machine.hardware;
  const portOf = (wanted: string) => {
    const index = disks.findIndex((disk) => disk.name === wanted);
    if (index < 0 || name === other) throw partMissing(machine, `a disk ${wanted} beside another one`);
    return disks[index]!.port ?? index;
  };
  return { disks: { [name]: { port: portOf(other) }, [other]: { port: portOf(name) } } };
}
