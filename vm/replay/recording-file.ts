import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorMessage, writeFileDurably } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';

/** A file by its content, so that another one in its place is found out. */
const digestedFileSchema = z.strictObject({
  /** In the recording's folder; absolute where it lies elsewhere and was not copied: kernels, CDs, a firmware. */
  path: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** SHA-256, as `fileDigest` and `diskDigest` make it. */
  digest: z.string(),
});

const recordedDiskSchema = z.strictObject({
  name: z.string(),
  /** It was a qcow2 image over another one, and is so in a replay. */
  isOverlay: z.boolean(),
  /** Its content at power-on, raw, or a qcow2 image with what differs from `base`. */
  start: digestedFileSchema,
  /** In the folder of the machine: the start of an earlier recording, which `start` lies over. */
  base: digestedFileSchema.optional(),
  /** `diskDigest` of the whole disk at the end. */
  endDigest: z.string(),
  writeLog: digestedFileSchema.optional(),
});

const recordedActionSchema = z.strictObject({
  /** The machine was stopped before this instruction, the command done, and it went on. 0: before the first one. */
  instruction: z.int().nonnegative(),
  /** A command of QMP; `stop` alone where it was only stopped. */
  execute: z.string(),
  arguments: z.record(z.string(), z.unknown()).optional(),
});

const recordingSchema = z.strictObject({
  version: z.literal(1),
  machine: z.string(),
  /** Counted from 1. */
  powerOn: z.int().positive(),
  qemuVersion: z.string(),
  /** What QEMU was started with, without the program's name. */
  commandLine: z.array(z.string()),
  /** What QEMU has recorded: everything that came to the machine from outside. */
  execution: digestedFileSchema,
  /** What each serial port has printed, the console first. */
  serialPorts: z.array(digestedFileSchema.extend({ name: z.string() })),
  disks: z.array(recordedDiskSchema),
  /** `kernel`, `initramfs`, `cd`, `uefi`: only read. `uefi-variables`: as they were at power-on. */
  files: z.record(z.string(), digestedFileSchema),
  /** What was done to the machine while it ran, in this order. */
  actions: z.array(recordedActionSchema),
  /** From here on the recording does not hold what was done to it: a replay ends there. */
  heldUntil: z.strictObject({ instruction: z.int().nonnegative(), because: z.string() }).optional(),
});

/** What is kept of one power-on of a machine so that it can be replayed (spec H7). */
export type Recording = z.output<typeof recordingSchema>;
export type DigestedFile = z.output<typeof digestedFileSchema>;
export type RecordedDisk = z.output<typeof recordedDiskSchema>;
export type RecordedAction = z.output<typeof recordedActionSchema>;

export const recordingFileName = 'recording.json';

/** The folder of one power-on's recording in the machine's folder. */
export function recordingFolderName(powerOn: number): string {
  return `recording-${powerOn}`;
}

/** Writes it at its end: a folder without it has no recording that could be replayed. */
export async function writeRecording(folder: string, recording: Recording): Promise<void> {
  const text = `${JSON.stringify(recordingSchema.parse(recording), undefined, 2)}\n`;
  await writeFileDurably(join(folder, recordingFileName), text);
}

/** @throws VM_RECORDING_UNREADABLE where there is none, or none that this Assay understands. */
export async function readRecording(folder: string): Promise<Recording> {
  const path = join(folder, recordingFileName);
  try {
    return recordingSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw vmErrors.VM_RECORDING_UNREADABLE({
      tried: 'read a recording',
      where: path,
      expected: 'version 1',
      got: errorMessage(error),
    });
  }
}
