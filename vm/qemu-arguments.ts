import { cdDeviceId, cdPort } from './cd-drive.ts';
import { backingNode } from './checkpoint/backing-node.ts';
import { type MachineMemory, memoryArguments, memoryMachineOption } from './checkpoint/memory-arguments.ts';
import { vmErrors } from './errors.ts';
import { relayCommand } from './guest-services.ts';
import { interceptedNode, reportErrors } from './intercepted-disk/intercepted-node.ts';
import type { ResolvedDiskSpec, ResolvedMachineSpec, ResolvedNicSpec } from './machine-spec.ts';
import { uefiArguments } from './uefi-firmware.ts';
import { withWriteLog, writeLogDeviceOptions } from './write-log/write-log-node.ts';

/** What a machine's command line needs beside its declaration. */
export interface QemuPlaces {
  accelerator: 'kvm' | 'tcg';
  qmpSocketPath: string;
  /** One log per serial port: the console first. */
  serialLogPaths: readonly string[];
  /** The variables of a UEFI firmware; without them, it is a BIOS. */
  uefiVariablesPath?: string | undefined;
  /** The overlay of each disk whose writes are discarded. */
  overlayPaths: ReadonlyMap<string, string>;
  /** Of a fork: what its overlays lie over, where that is not the disk's image. */
  baseOverlayPaths?: ReadonlyMap<string, string>;
  /** Where its memory is, when that is a file. */
  memory?: MachineMemory;
  /** A log for each disk whose writes are recorded; not needed where there are none. */
  writeLogPaths?: ReadonlyMap<string, string>;
  /** Where the runner serves each intercepted disk. */
  interceptedSocketPaths?: ReadonlyMap<string, string>;
  /** What is in the CD drive now; without it, the drive is empty. */
  cdMediumPath?: string | undefined;
  /** A socket for each service of each NIC, in the order of the declaration; not needed where there are none. */
  serviceSocketPaths?: readonly (readonly string[])[];
  /** Where each network between machines is plugged in, by name; not needed where no NIC has one. */
  networkSocketPaths?: ReadonlyMap<string, string>;
}

/**
 * The places of devices on the root bus are fixed, so that a guest finds a disk at the port where it was declared
 * whatever else the machine has. NICs 0x08 to 0x0b, USB 0x0e, SCSI 0x0f, virtio and NVMe disks from 0x10 on.
 */
const slots = { nic: 0x08, usb: 0x0e, scsi: 0x0f, disk: 0x10 };

/** The command line of QEMU for a machine, without the program's name (spec H1). Pure. */
export function qemuArguments(spec: ResolvedMachineSpec, places: QemuPlaces): string[] {
  const bootIndexes = bootIndexByDevice(spec);
  return [
    ...['-name', `${spec.name},debug-threads=on`],
    ...['-machine', `q35,accel=${places.accelerator},vmport=off${memoryMachineOption(places.memory)}`],
    // Under TCG: a baseline that Node and Debian's kernel want, with rdrand so that no guest waits for entropy.
    ...['-cpu', places.accelerator === 'kvm' ? 'host' : 'Nehalem,+rdrand'],
    ...['-smp', String(spec.cpus)],
    ...['-m', `${spec.memoryMiB}M`],
    ...memoryArguments(places.memory, spec.memoryMiB),
    ...timeArguments(spec),
    ...uefiArguments(places.uefiVariablesPath),
    '-nodefaults',
    '-no-user-config',
    ...['-display', 'none'],
    ...['-vga', 'none'],
    ...controlArguments(places),
    ...controllerArguments(spec),
    ...spec.disks.flatMap((disk, index) => diskArguments(disk, index, places, bootIndexes)),
    ...cdArguments(spec, places, bootIndexes),
    ...spec.nics.flatMap((nic, index) =>
      nic.isPlugged ? nicArguments(nic, index, netdevArguments(nic, index, places), bootIndexes) : [],
    ),
    ...(spec.watchdog === undefined ? [] : ['-device', spec.watchdog, '-action', 'watchdog=reset']),
    ...smbiosArguments(spec.smbios),
    ...directBootArguments(spec.directBoot),
  ];
}

/** QEMU's name of what a serial port is connected to. */
export function serialChardev(index: number): string {
  return `serial${index}`;
}

/** In virtual time 2^3 ns for an instruction: of the values that keep a start quick, the one that idles the fastest. */
function timeArguments(spec: ResolvedMachineSpec): string[] {
  if (!spec.virtualTime) return ['-rtc', `base=${spec.clock}`];
  return ['-icount', 'shift=3,sleep=off', '-rtc', `base=${spec.clock},clock=vm`];
}

function controlArguments(places: QemuPlaces): string[] {
  const { qmpSocketPath, serialLogPaths } = places;
  return [
    ...['-chardev', `socket,id=qmp,path=${escaped(qmpSocketPath)},server=off`],
    ...['-mon', 'chardev=qmp,mode=control'],
    // The machine waits until its serial ports are attached; until then they only write their logs.
    '-S',
    ...serialLogPaths.flatMap((logPath, index) => [
      '-chardev',
      `null,id=${serialChardev(index)},logfile=${escaped(logPath)},logappend=on`,
      '-device',
      `isa-serial,id=uart${index},index=${index},chardev=${serialChardev(index)}`,
    ]),
  ];
}

/** File, overlay if any, and a `raw` node on top, under which faults can be slipped in at run time (design 6). */
function diskArguments(
  disk: ResolvedDiskSpec,
  index: number,
  places: QemuPlaces,
  bootIndexes: ReadonlyMap<string, number>,
): string[] {
  const overlayPath = places.overlayPaths.get(disk.name);
  const nbdPath = places.interceptedSocketPaths?.get(disk.name);
  const image =
    nbdPath === undefined
      ? { driver: 'file', filename: disk.path, discard: 'unmap' }
      : interceptedNode(nbdPath);
  const below = overlayPath
    ? {
        driver: 'qcow2',
        discard: 'unmap',
        file: { driver: 'file', filename: overlayPath },
        backing: backingNode(disk.path, places.baseOverlayPaths?.get(disk.name)),
      }
    : image;
  const logPath = places.writeLogPaths?.get(disk.name);
  const file = withWriteLog(withBadSectors(below, disk.badSectors), logPath);
  const blockdev = { 'node-name': `top-${disk.name}`, driver: 'raw', discard: 'unmap', file };
  const device = deviceOf(disk, index);
  const serial = disk.serial === undefined ? '' : `,serial=${escaped(disk.serial)}`;
  const boot = bootIndexes.get(disk.name);
  return [
    ...['-blockdev', JSON.stringify(blockdev)],
    '-device',
    `${device},id=disk-${disk.name},drive=top-${disk.name}${serial}${boot === undefined ? '' : `,bootindex=${boot}`}${disk.intercepted ? reportErrors(disk) : ''}`,
  ];
}

/** QEMU's blkdebug (docs/devel/blkdebug.txt) lets requests fail that touch these sectors, each time. */
function withBadSectors(below: object, sectors: readonly number[]): object {
  if (sectors.length === 0) return below;
  const errors = sectors.map((sector) => ({ event: 'none', iotype: 'read', sector, errno: 5 }));
  return { driver: 'blkdebug', discard: 'unmap', image: below, 'inject-error': errors };
}

function deviceOf(disk: ResolvedDiskSpec, index: number): string {
  const port = portOf(disk, index);
  switch (disk.controller) {
    case 'virtio':
      return `virtio-blk-pci,addr=${hex(slots.disk + port)}${disk.writeLog ? `,${writeLogDeviceOptions}` : ''}`;
    case 'nvme':
      return `nvme,addr=${hex(slots.disk + port)}${disk.serial === undefined ? `,serial=${disk.name}` : ''}`;
    case 'ahci':
      return `ide-hd,bus=ide.${port}`;
    case 'scsi':
      return `scsi-hd,bus=scsi0.0,channel=0,scsi-id=${port},lun=0`;
    case 'usb':
      return `usb-storage,bus=usb0.0,port=${port + 1}`;
  }
}

function portOf(disk: ResolvedDiskSpec, index: number): number {
  return disk.port ?? index;
}

function controllerArguments(spec: ResolvedMachineSpec): string[] {
  const used = new Set(spec.disks.map((disk) => disk.controller));
  // Controllers have to stand before the disks on them; QEMU takes -device in the order of creation.
  return [
    ...(used.has('scsi') ? ['-device', `virtio-scsi-pci,id=scsi0,addr=${hex(slots.scsi)}`] : []),
    ...(used.has('usb') ? ['-device', `qemu-xhci,id=usb0,addr=${hex(slots.usb)}`] : []),
  ];
}

function cdArguments(
  spec: ResolvedMachineSpec,
  { cdMediumPath }: QemuPlaces,
  bootIndexes: ReadonlyMap<string, number>,
): string[] {
  if (spec.cdPath === undefined) return [];
  const atItsPort = spec.disks.find(
    (disk, index) => disk.controller === 'ahci' && portOf(disk, index) === cdPort,
  );
  if (atItsPort) {
    throw vmErrors.VM_SPEC_INVALID({
      tried: `put disk ${atItsPort.name} of machine ${spec.name} at SATA port ${cdPort}`,
      expected: `another port: ${cdPort} is the CD drive's`,
    });
  }
  const boot = bootIndexes.get('cd');
  const device = `ide-cd,bus=ide.${cdPort},id=${cdDeviceId}${boot === undefined ? '' : `,bootindex=${boot}`}`;
  if (cdMediumPath === undefined) return ['-device', device];
  // Not a -blockdev: QEMU would not let go of it when another CD is put in.
  const medium = `if=none,id=cd-medium,media=cdrom,format=raw,readonly=on,file=${escaped(cdMediumPath)}`;
  return ['-drive', medium, '-device', `${device},drive=cd-medium`];
}

function nicArguments(
  nic: ResolvedNicSpec,
  index: number,
  netdev: string,
  bootIndexes: ReadonlyMap<string, number>,
): string[] {
  const boot = bootIndexes.get(`nic${index}`);
  const model = nic.model === 'virtio' ? 'virtio-net-pci' : 'e1000e';
  // Without a place in the boot order the NIC's option ROM only costs time.
  const rom = boot === undefined ? ',romfile=' : `,bootindex=${boot}`;
  return [
    ...['-netdev', netdev],
    ...[
      '-device',
      `${model},id=nic${index},netdev=net${index},mac=${nic.mac},addr=${hex(slots.nic + index)}${rom}`,
    ],
  ];
}

function netdevArguments(nic: ResolvedNicSpec, index: number, places: QemuPlaces): string {
  if (nic.network !== undefined) {
    const path = places.networkSocketPaths!.get(nic.network)!;
    return `stream,id=net${index},server=off,addr.type=unix,addr.path=${escaped(path)}`;
  }
  const forwards = nic.forwardTcpPorts.map((port) => `,hostfwd=tcp:127.0.0.1:0-:${port}`).join('');
  const services = nic.services
    .map(({ guestAddress, guestPort }, service) => {
      const command = relayCommand(places.serviceSocketPaths![index]![service]!);
      return `,guestfwd=tcp:${guestAddress}:${guestPort}-cmd:${escaped(command)}`;
    })
    .join('');
  // restrict: the guest reaches the emulated network only, never the host or what lies behind it.
  return `user,id=net${index},restrict=on${forwards}${services}`;
}

function smbiosArguments(smbios: ResolvedMachineSpec['smbios']): string[] {
  const types: [number, Record<string, string | undefined>][] = [
    [
      1,
      {
        manufacturer: smbios.manufacturer,
        product: smbios.product,
        serial: smbios.serial,
        uuid: smbios.uuid,
        sku: smbios.sku,
        family: smbios.family,
      },
    ],
    [2, { manufacturer: smbios.boardManufacturer, product: smbios.boardProduct, serial: smbios.boardSerial }],
    [3, { serial: smbios.chassisSerial, asset: smbios.assetTag }],
  ];
  return types.flatMap(([type, fields]) => {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    if (given.length === 0) return [];
    return ['-smbios', `type=${type},${given.map(([key, value]) => `${key}=${escaped(value!)}`).join(',')}`];
  });
}

function directBootArguments(boot: ResolvedMachineSpec['directBoot']): string[] {
  if (!boot) return [];
  return ['-kernel', boot.kernelPath, '-initrd', boot.initramfsPath, '-append', boot.kernelArguments];
}

/** The place of every bootable device in the firmware's order, from 1. */
function bootIndexByDevice(spec: ResolvedMachineSpec): ReadonlyMap<string, number> {
  const bootable = [...spec.disks.map((disk) => disk.name), ...(spec.cdPath === undefined ? [] : ['cd'])];
  const known = [...bootable, ...spec.nics.map((_, index) => `nic${index}`)];
  const order = spec.bootOrder ?? bootable;
  const unknown = order.find((device) => !known.includes(device));
  if (unknown !== undefined) {
    throw vmErrors.VM_SPEC_INVALID({
      tried: `put ${JSON.stringify(unknown)} into the boot order of machine ${spec.name}`,
      expected: known.length === 0 ? 'a device: the machine has none' : `one of ${known.join(', ')}`,
    });
  }
  return new Map(order.map((device, index) => [device, index + 1]));
}

/** QEMU reads the address of a PCI device in hexadecimal, with or without the prefix. */
function hex(slot: number): string {
  return `0x${slot.toString(16)}`;
}

/** QEMU's options separate by commas; a comma in a value is doubled. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
