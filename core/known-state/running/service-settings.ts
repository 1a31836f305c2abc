import { join } from 'node:path';
import { z } from 'zod';
import { durationMs } from '../../script/duration.ts';
import { readSettingsFile } from './settings-file.ts';

const serviceSchema = z.strictObject({
  /** An image that is not well after this time has failed to boot. */
  readyWithin: durationMs.default(60_000),
  /** The pause between two questions of how the application is. */
  healthEvery: durationMs.default(5_000),
  /** How long an answer may take. */
  healthDeadline: durationMs.default(10_000),
  /** So many bad answers in a row are a failure. */
  failuresAllowed: z.int().min(1).max(1000).default(3),
});

/** When an application counts as up, and as failed; times in milliseconds. */
export type ServiceSettings = z.output<typeof serviceSchema>;

export const defaultServiceSettings: ServiceSettings = serviceSchema.parse({});

/**
 * Reads `service.yaml` beside the application; without it, the defaults.
 *
 * @throws FOUNDATION_CONFIG_INVALID, KNOWN_STATE_SETTINGS_INVALID
 */
export async function readServiceSettings(applicationFolder: string): Promise<ServiceSettings> {
  const path = join(applicationFolder, 'service.yaml');
  return (await readSettingsFile(path, serviceSchema)) ?? defaultServiceSettings;
}
