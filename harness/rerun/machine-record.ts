import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const fileSchema = z.strictObject({
  path: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** `PieceDigests.whole`; not there where it was too large to be read. */
  digest: z.string().optional(),
});

const keptDiskSchema = z.strictObject({
  /** `overlay`: a qcow2 image over the disk's image, which is named in `inputs`. */
  format: z.enum(['raw', 'overlay']),
  path: z.string(),
  /** Of a file that the machine did not have to itself, to see whether somebody has written to it since. */
  digest: z.string().optional(),
});

const recordSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  accelerator: z.enum(['kvm', 'tcg']),
  /** The declaration with every default filled in. */
  spec: z.looseObject({ name: z.string() }),
  /** What it was started with: the images of its disks by name, `kernel`, `initramfs`, `cd`. */
  inputs: z.strictObject({
    disks: z.record(z.string(), fileSchema),
    files: z.record(z.string(), fileSchema),
  }),
  /** Its disks as they were at its end, by name; not there where the runner ended before the machine. */
  keptDisks: z.record(z.string(), keptDiskSchema).optional(),
  /** Of a machine with UEFI: the file with the variables of its firmware, as they were at its end. */
  keptUefiVariables: z.string().optional(),
});

/** What is known of a machine, in the folder of its evidence: hardware, and what it was started with (spec H7). */
export type MachineRecord = z.output<typeof recordSchema>;
export type KeptDisk = z.output<typeof keptDiskSchema>;
export type RecordedFile = z.output<typeof fileSchema>;

export const machineRecordName = 'machine.json';

export async function writeMachineRecord(folder: string, record: MachineRecord): Promise<void> {
  const text = `${JSON.stringify(recordSchema.parse(record), undefined, 2)}\n`;
  await writeFile(join(folder, machineRecordName), text);
}

/** Undefined where there is none, or none that can be understood: runs of an older Assay, or one that was killed. */
export async function readMachineRecord(folder: string): Promise<MachineRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(join(folder, machineRecordName), 'utf8')));
  } catch {
    return undefined;
  }
}
