import { join } from 'node:path';
import { type AssayError, writeFileDurably } from '../../../foundation/index.ts';
import type { CloneMethod } from './clone-target.ts';
import type { ReadBack } from './direct-file.ts';

/** One disk that is now an exact replica of its master. */
export interface Clone {
  path: string;
  /** Name of the clone that the disk belongs to: of all disks of one machine the same. */
  unit: string;
  role: 'system' | 'data';
  sizeBytes: number;
  /** Of what was read back, in hexadecimal; only with `digest`, and when verified. */
  sha256?: string;
  /** Read back and compared with the master, every byte. */
  verified: boolean;
  method: CloneMethod;
  /** How it was read back; only when verified. */
  readBack?: ReadBack;
  /** Flushed to a disk, name and all. */
  durable: boolean;
  /** Bytes of a larger device behind the clone, which are as they were. */
  surplusBytes: number;
}

export interface CloneFailure {
  path: string;
  unit: string;
  error: AssayError;
}

export interface ClonedMaster {
  path: string;
  role: 'system' | 'data';
  sizeBytes: number;
  /** Of what was read; only with `digest`. */
  sha256?: string;
}

export interface CloneRecord {
  formatVersion: 1;
  startedAt: string;
  tookMs: number;
  masters: ClonedMaster[];
  clones: Clone[];
  failures: CloneFailure[];
}

export function manifestPathIn(folder: string): string {
  return join(folder, 'clones.json');
}

/** Writes down what was cloned, in `clones.json` in the folder. */
export async function writeCloneManifest(folder: string, record: CloneRecord): Promise<void> {
  const failures = record.failures.map(({ error, ...failure }) => ({
    ...failure,
    code: error.code,
    message: error.message,
  }));
  await writeFileDurably(
    manifestPathIn(folder),
    `${JSON.stringify({ ...record, failures }, undefined, 2)}\n`,
  );
}
