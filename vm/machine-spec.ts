import { z } from 'zod';
import { parseConfig } from '../foundation/index.ts';

const macPattern = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;

/** Letters, digits and dashes: names become file names, QEMU ids and socket paths. */
const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes, at most 32');

/** What a disk can be on. */
export const diskControllers = ['virtio', 'ahci', 'nvme', 'scsi', 'usb'] as const;
export type DiskController = (typeof diskControllers)[number];

const diskSpec = z
  .strictObject({
    name,
    /** The raw image on the host. */
    path: z.string().min(1),
    controller: z.enum(diskControllers).default('virtio'),
    /**
     * `discarded` (default): the machine writes to an overlay that ends with it, and the image stays as it is.
     * `kept`: the machine writes to the image itself (design 13).
     */
    writes: z.enum(['discarded', 'kept']).default('discarded'),
    /** Serial number that the guest sees; at most 20 characters fit into every controller's field. */
    serial: z.string().max(20).optional(),
    /** Which port of its controller, counted from 0; by default the next one in the order of declaration. */
    port: z.int().min(0).max(5).optional(),
    /** Sectors of 512 bytes that cannot be read, as on a worn disk: the guest gets an I/O error, QEMU says BLOCK_IO_ERROR. */
    badSectors: z.array(z.int().nonnegative()).max(1000).default([]),
    /**
     * Its requests pass through the runner, which can do to them whatever happens to disks in motion: see
     * {@link InterceptedDisk}. It takes the place of `badSectors`. Where writes are discarded the disk is a copy of the image.
     */
    intercepted: z.boolean().default(false),
    /**
     * Every write, flush and discard goes into a log of its own for each power on, from which the states are made that a
     * power cut could leave (docs/explorer.md). On virtio only.
     */
    writeLog: z.boolean().default(false),
  })
  .refine(({ intercepted, badSectors }) => !intercepted || badSectors.length === 0, {
    path: ['badSectors'],
    message: "an intercepted disk has them as a fault: addFault({ kind: 'error', of: 'read', sectors })",
  });

/**
 * The addresses of the emulated network (10.0.2.0/24) that are nobody's: 2 is its gateway, 3 its name server, and its
 * DHCP server gives 15 to 30 to guests.
 */
const serviceAddressPattern = /^10\.0\.2\.([4-9]|1[0-4]|3[1-9]|[4-9]\d|1\d\d|2[0-4]\d|25[0-4])$/;

const serviceSpec = z.strictObject({
  /** Where the guest finds it, in the network of its chip. */
  guestAddress: z
    .string()
    .regex(serviceAddressPattern, 'an address of 10.0.2.4 to 10.0.2.14 or 10.0.2.31 to 10.0.2.254'),
  guestPort: z.int().min(1).max(65535),
  /** The TCP port on 127.0.0.1 of the host that a connection leads to. */
  hostPort: z.int().min(1).max(65535),
});

const nicSpec = z
  .strictObject({
    model: z.enum(['virtio', 'e1000e']).default('virtio'),
    mac: z.string().regex(macPattern, 'a MAC address such as 52:54:00:12:34:56'),
    /** TCP ports of the guest that shall be reachable from the host; the host's ports are chosen by the kernel. */
    forwardTcpPorts: z.array(z.int().min(1).max(65535)).default([]),
    /**
     * What the guest reaches beyond its network, which is closed otherwise: a TCP connection to `guestAddress` and
     * `guestPort` leads to `hostPort` on 127.0.0.1, any number of them at a time. When nobody listens there, the guest
     * finds its connection closed. Connections end with the machine.
     */
    services: z
      .array(serviceSpec)
      .max(16)
      .refine((services) => areDistinct(services), 'two services at the same address and port')
      .default([]),
    /**
     * The Ethernet network between machines of the scenario that this card is plugged into, in place of one of its own: all
     * cards with the same name hear each other, and nothing else. There is no DHCP but what a machine brings.
     */
    network: name.optional(),
    /** `false`: the slot is empty, and the other cards are where they are. */
    isPlugged: z.boolean().default(true),
  })
  .refine(
    ({ network, forwardTcpPorts, services }) =>
      network === undefined || (forwardTcpPorts.length === 0 && services.length === 0),
    {
      path: ['network'],
      message:
        'a card on a network between machines has no forwardTcpPorts and no services: give the machine two cards',
    },
  );

/** SMBIOS identity (DMTF DSP0134, types 0 to 3): what the firmware says of the hardware. */
const smbiosSpec = z.strictObject({
  manufacturer: z.string().optional(),
  product: z.string().optional(),
  serial: z.string().optional(),
  uuid: z.uuid().optional(),
  sku: z.string().optional(),
  family: z.string().optional(),
  boardManufacturer: z.string().optional(),
  boardProduct: z.string().optional(),
  boardSerial: z.string().optional(),
  chassisSerial: z.string().optional(),
  assetTag: z.string().optional(),
});

const machineSchema = z
  .strictObject({
    name,
    memoryMiB: z.int().min(64).max(65_536).default(512),
    cpus: z.int().min(1).max(64).default(1),
    /**
     * What runs before the disk does. `uefi`: OVMF, without Secure Boot; its variables (boot entries and the like) are new
     * with each machine, and stay over its power cycles.
     */
    firmware: z.enum(['bios', 'uefi']).default('bios'),
    disks: z.array(diskSpec).max(12).default([]),
    /**
     * An ISO 9660 image in a CD drive, which is at SATA port 5 (`ide.5`) whatever else the machine has. The image is
     * changed with `insertCd` and `ejectCd` of the machine; without `cdPath` there is no drive.
     */
    cdPath: z.string().optional(),
    nics: z.array(nicSpec).max(4).default([]),
    smbios: smbiosSpec.default({}),
    /** Serial ports beside the console, in the order of the guest's ttyS1, ttyS2, ttyS3. */
    serialPorts: z.array(name).max(3).default([]),
    /**
     * Names of disks, `cd` and `nic0` …: what the firmware tries, in this order; by default disks, then the CD. An empty
     * CD drive is passed over. The firmware tries what is not named, too, after all that is.
     */
    bootOrder: z.array(z.string()).optional(),
    /** Starts a kernel without firmware's boot order and without a boot loader. */
    directBoot: z
      .strictObject({
        kernelPath: z.string(),
        initramfsPath: z.string(),
        kernelArguments: z.string().default(''),
      })
      .optional(),
    /** A hardware watchdog that resets the machine when it is armed and not fed in time. */
    watchdog: z.enum(['ib700', 'i6300esb']).optional(),
    /** The real-time clock at power on: ISO 8601, or the host's time. */
    clock: z.string().default('utc'),
    /**
     * The guest's time is counted in its instructions and not taken from the host (QEMU's icount): 8 ns each, and
     * whenever the guest idles its time jumps to the next timer, so that a `sleep 3600` takes seconds. The machine runs
     * on the emulator (TCG) then, also where others use KVM. Deadlines of waits stay the host's time. While the harness
     * thinks, from the end of a wait on a console to the next one, the guest stands still, for a second at most.
     */
    virtualTime: z.boolean().default(false),
    /**
     * Checkpoints can be taken of it while it is on: its memory is a file then. What is an intercepted disk of it is an
     * ordinary one of its forks.
     */
    checkpoints: z.boolean().default(false),
  })
  .refine(({ virtualTime, cpus }) => !virtualTime || cpus === 1, {
    path: ['cpus'],
    message: 'one processor, for time is virtual: with more, QEMU does not get as far as the firmware',
  });

function areDistinct(services: readonly z.output<typeof serviceSpec>[]): boolean {
  const places = services.map(({ guestAddress, guestPort }) => `${guestAddress}:${guestPort}`);
  return new Set(places).size === places.length;
}

/** A machine as it is declared (spec H1). */
export type MachineSpec = z.input<typeof machineSchema>;

/** A machine with every default filled in. */
export type ResolvedMachineSpec = z.output<typeof machineSchema>;
export type ResolvedDiskSpec = ResolvedMachineSpec['disks'][number];
export type ResolvedNicSpec = ResolvedMachineSpec['nics'][number];

/**
 * Checks a machine's declaration and fills in its defaults.
 *
 * @throws FOUNDATION_CONFIG_INVALID naming the wrong place, for unknown keys with the nearest known one.
 */
export function resolveMachineSpec(spec: MachineSpec): ResolvedMachineSpec {
  return parseConfig(machineSchema, spec, `machine ${JSON.stringify(spec.name)}`);
}
