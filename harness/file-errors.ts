import { type AssayError, errorMessage, foundationErrors } from '../foundation/index.ts';
import { harnessErrors } from './errors.ts';

/** An error of the file system for people: a full disk is said to be one; everything else names the folder. */
export function fileError(tried: string, error: unknown): AssayError {
  const got = errorMessage(error);
  return isDiskFull(error)
    ? foundationErrors.FOUNDATION_DISK_FULL({ tried, got }, error)
    : harnessErrors.HARNESS_FOLDER_UNUSABLE({ tried, got }, error);
}

/** No space, or none left of the user's share of it. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
