import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { errorMessage, writeFileDurably } from '../../foundation/index.ts';
import { explorerErrors } from './errors.ts';

const position = z.number().nonnegative();

const recordingSchema = z.strictObject({
  version: z.literal(1),
  scenario: z.string(),
  machine: z.string(),
  /** The disk whose writes are explored; one of {@link disks}. */
  disk: z.string(),
  /** Counted from 1. */
  powerOn: z.int().positive(),
  /** Where the span begins and ends, in bytes of that disk's log. */
  fromBytes: position,
  toBytes: position,
  /** All disks of the machine: the image at the power-on, and what was written to it since; no log where none can be. */
  disks: z.array(z.strictObject({ name: z.string(), basePath: z.string(), logPath: z.string().optional() })),
  acknowledgements: z.array(z.strictObject({ position, label: z.string() })),
  /** The sizes of the logs as they were seen together, oldest first; in the order of {@link disks}, 0 without a log. */
  sightings: z.array(z.array(position)),
});

/** What was written during one power-on of a machine, with all that is needed to try what a power cut would have left. */
export type Recording = z.output<typeof recordingSchema>;

const fileName = 'recording.json';

/** Writes a recording beside its images, where it finds them also when the folder was moved. */
export async function writeRecording(folder: string, recording: Recording): Promise<void> {
  const disks = recording.disks.map(({ basePath, logPath, ...disk }) => ({
    ...disk,
    basePath: relative(folder, basePath),
    ...(logPath === undefined ? {} : { logPath: relative(folder, logPath) }),
  }));
  await writeFileDurably(join(folder, fileName), `${JSON.stringify({ ...recording, disks }, null, 1)}\n`);
}

/** Reads what {@link writeRecording} has written. @throws EXPLORER_RECORDING_UNREADABLE */
export async function readRecording(folder: string): Promise<Recording> {
  const path = join(folder, fileName);
  try {
    const recording = recordingSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const disks = recording.disks.map(({ basePath, logPath, ...disk }) => ({
      ...disk,
      basePath: resolve(folder, basePath),
      ...(logPath === undefined ? {} : { logPath: resolve(folder, logPath) }),
    }));
    return { ...recording, disks };
  } catch (error) {
    const facts = { tried: `read the recording ${path}`, got: errorMessage(error) };
    throw explorerErrors.EXPLORER_RECORDING_UNREADABLE(facts, error);
  }
}
