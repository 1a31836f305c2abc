import { z } from 'zod';
import { formatSize, parseSize, writeFileDurably } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import { type StepKind, stepKind } from '../step-kind.ts';
import { type OpenDisk, openDisk } from './hardware/disk-access.ts';
import { listHardwareDisks } from './hardware/disks.ts';
import { isDriverLoaded } from './hardware/loaded-drivers.ts';
import { type Memory, readMemory } from './hardware/memory.ts';
import { listNetworkCards } from './hardware/network-cards.ts';
import { describePciDevice, devicesWithoutDriver, listPciDevices } from './hardware/pci-devices.ts';
import { type HardwarePlaces, machinePlaces } from './hardware/places.ts';
import { type DiskTests, testDisks } from './hardware/test-disks.ts';
import { testNetworkCards } from './hardware/test-network-cards.ts';
import { diskTargetSchema } from './targets.ts';

const sizeBytes = z.string().transform((text, context) => {
  try {
    return parseSize(text);
  } catch {
    context.addIssue({ code: 'custom', message: `"${text}" is no size: write 256MiB or 2GiB` });
    return z.NEVER;
  }
});

const memory = z.strictObject({ atLeast: sizeBytes.describe('What has to be plugged in: 256MiB, 4GiB.') });

const disks = z.strictObject({
  atLeast: z.int().min(0).default(1).describe('How many there have to be, without the medium itself.'),
  names: z
    .array(diskTargetSchema)
    .min(1)
    .optional()
    .describe('Only these: only, largest, port:PATH or serial:NUMBER. All fixed disks without it.'),
  readWrite: z
    .literal('outside-data')
    .optional()
    .describe('Writes one MiB that no partition covers, too, and puts back what was there.'),
});

const networkCards = z.strictObject({
  atLeast: z.int().min(0).default(1).describe('How many there have to be.'),
  loopback: z
    .boolean()
    .optional()
    .describe(
      'Whether each card, switched on, hears its other end, and itself where its driver has a self-test with a loopback.',
    ),
});

const options = z.strictObject({
  memory: memory.optional().describe('How much memory there has to be.'),
  disks: disks.optional().describe('Disks to be read, and written if wanted.'),
  networkCards: networkCards.optional().describe('Network cards that there have to be.'),
  drivers: z.array(z.string().min(1)).optional().describe('Drivers that have to be loaded.'),
});

/**
 * Records the hardware that there is, and tests what the options ask for (spec R6). Storage and network devices without a
 * driver are told in the log; they are no fault, for a script may not want them.
 *
 * @throws SCRIPT_HARDWARE_FAULTY naming every part that is faulty or missing.
 */
export function makeTestHardware(
  places: HardwarePlaces = machinePlaces,
  open: OpenDisk = openDisk,
): StepKind<typeof options> {
  return stepKind({
    name: 'test-hardware',
    summary: 'record the hardware that there is, and test memory, disks, network cards and drivers',
    options,
    async run({ memory, disks, networkCards, drivers = [] }, context) {
      const found = findHardware(places);
      const withoutDriver = devicesWithoutDriver(found.pciDevices).map(describePciDevice);
      for (const device of withoutDriver) context.log(`no driver for ${device}`);
      const diskTests = disks && (await testDisks(disks, places, open, context));
      const cardTests = networkCards && (await testNetworkCards(networkCards, places.sysFolder, context));
      const faults = [
        ...(memory ? memoryFaults(found.memory, memory.atLeast) : []),
        ...drivers
          .filter((name) => !isDriverLoaded(name, places))
          .map((name) => `driver ${name}: not loaded`),
        ...(diskTests?.faults ?? []),
        ...(cardTests?.faults ?? []),
      ];
      await writeFileDurably(
        places.inventoryPath,
        `${JSON.stringify({ ...found, withoutDriver, faults }, null, 2)}\n`,
      );
      if (faults.length > 0) {
        throw scriptErrors.SCRIPT_HARDWARE_FAULTY({
          tried: 'test the hardware',
          where: places.inventoryPath,
          got: [...faults, ...withoutDriver.map((device) => `(no driver for ${device})`)].join(
            '\n            ',
          ),
        });
      }
      return {
        memoryBytes: found.memory.installedBytes ?? found.memory.usableBytes,
        disks: found.disks.filter(({ isOptical }) => !isOptical).length,
        networkCards: found.networkCards.length,
        withoutDriver: withoutDriver.length,
        ...(diskTests && diskFacts(diskTests)),
        ...(cardTests?.loopback !== undefined && { loopback: cardTests.loopback }),
      };
    },
  });
}

export const testHardware = makeTestHardware();

function findHardware(places: HardwarePlaces) {
  return {
    memory: readMemory(places),
    pciDevices: listPciDevices(places.sysFolder),
    disks: listHardwareDisks(places),
    networkCards: listNetworkCards(places.sysFolder),
  };
}

function memoryFaults({ installedBytes, usableBytes }: Memory, atLeastBytes: number): string[] {
  const thereBytes = installedBytes ?? usableBytes;
  if (thereBytes >= atLeastBytes) return [];
  return [`memory: ${formatSize(thereBytes)}, at least ${formatSize(atLeastBytes)} expected`];
}

function diskFacts({ tested, readBytes, written }: DiskTests) {
  return { disksTested: tested, readBytes, disksWritten: written };
}
