import { createHash } from 'node:crypto';
import { open, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { copySparse, formatSize, sectorBytes } from '../../../foundation/index.ts';
import { drillsErrors } from '../errors.ts';
import {
  declareFault,
  type FaultTarget,
  type FaultTargetDisk,
  type InjectedFault,
} from '../fault-declaration.ts';
import { putBack } from './changed-hardware.ts';
import { makeForeignDisk } from './foreign-disk.ts';
import { imageOf } from './image-of.ts';
import { back } from './parameters.ts';

const serial = z.string().max(20).default('ASSAY-SPARE-DISK').describe('serial number of the other disk');

/** Faults by which another disk is where one of the machine's was. */
export const replacedDiskFaults = [
  declareFault({
    name: 'disk-replaced',
    layer: 'machine',
    summary: 'a disk was replaced by an empty one of the same or another size',
    proves: 'a replaced disk is not taken for the old one, and one that is too small is noticed',
    parameters: z.object({
      percent: z
        .number()
        .min(1)
        .max(400)
        .default(50)
        .describe('its size, in percent of the old one: below 100 a smaller replacement'),
      serial,
      back: back.describe('the old one is put in again when the faults are stopped'),
    }),
    when: 'off',
    disk: 'image',
    async inject(target, { percent, serial, back }) {
      return await replace(target, { serial, back }, async (path, { path: oldPath }) => {
        const sectors = Math.floor(((await stat(oldPath)).size * percent) / 100 / sectorBytes);
        await writeFile(path, '');
        await truncate(path, Math.max(1, sectors) * sectorBytes);
        return 'an empty disk';
      });
    },
  }),
  declareFault({
    name: 'disk-of-another-machine',
    layer: 'machine',
    summary: "another machine's disk is in the place of one of this machine",
    proves: 'a disk of somebody else is neither believed nor written',
    parameters: z.object({
      image: z
        .string()
        .min(1)
        .optional()
        .describe('a raw image; made without it: a copy with another identity, or the disk of a PC'),
      serial: serial.default('ASSAY-OTHER-DISK'),
      back: back.describe("the machine's own disk is put in again when the faults are stopped"),
    }),
    when: 'off',
    disk: 'image',
    async inject(target, { image, serial, back }) {
      return await replace(target, { serial, back }, async (path, own) => {
        if (image === undefined) return await makeForeignDisk(path, own, target.seed, target.scratchFolder);
        await copySparse(image, path, target.signal);
        return `a copy of ${image}`;
      });
    },
  }),
];

/** Puts another disk where one is; the one that was there lies beside it meanwhile. */
async function replace(
  target: FaultTarget,
  { serial, back }: { serial: string; back: boolean },
  make: (path: string, own: FaultTargetDisk) => Promise<string>,
): Promise<InjectedFault> {
  const own = await imageOf(target);
  const { name, path } = own;
  const [newPath, awayPath] = [`${path}.coming`, `${path}.pulled-out`];
  const other = await make(newPath, own);
  const [before, after] = [await factsOf(path), await factsOf(newPath)];
  if (before === after) {
    await rm(newPath);
    throw drillsErrors.DRILLS_FAULT_WITHOUT_EFFECT({
      tried: `put ${other} in the place of disk ${name}`,
      got: `both have ${before}`,
    });
  }
  await rename(path, awayPath);
  await rename(newPath, path);
  target.machine.changeHardware({ disks: { [name]: { serial } } });
  let isAway = true;
  return {
    what: `${other} is in the place of disk ${name}`,
    proof: () => `${before} before, ${after} after`,
    stop: async () => {
      if (!back || !isAway) return;
      isAway = false;
      await putBack(target, { disks: { [name]: 'as-declared' } });
      await rename(awayPath, path);
    },
  };
}

/** Its size, and the hash of where boot record, records and table are. */
async function factsOf(path: string): Promise<string> {
  const { size } = await stat(path);
  const head = Buffer.alloc(Math.min(size, 1024 ** 2));
  await using file = await open(path, 'r');
  await file.read(head, 0, head.length, 0);
  return `${formatSize(size)} whose first mebibyte has sha256 ${createHash('sha256').update(head).digest('hex')}`;
}
