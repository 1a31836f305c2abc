import { z } from 'zod';
import { errorMessage } from '../../../foundation/index.ts';
import { mailOptions } from '../../script/steps/network/mail-options.ts';
import { readSettingsFile } from './settings-file.ts';
import { syslogFacilities } from './syslog-message.ts';

const facilityNames = Object.keys(syslogFacilities) as [string, ...string[]];

const notifySchema = z.strictObject({
  /** The order in which partitions are preferred: running from another one than the first is told. */
  candidates: z.array(z.string()).min(1).optional(),
  /** A line of JSON is added for each event. */
  eventLog: z.string().startsWith('/', 'must be an absolute path').default('/data/assay/events.jsonl'),
  syslog: z
    .strictObject({
      host: z.string().min(1),
      port: z.int().min(1).max(65_535).default(514),
      facility: z.enum(facilityNames).default('daemon'),
    })
    .optional(),
  email: mailOptions.optional(),
  webhook: z.url({ protocol: /^https?$/ }).optional(),
  /** Starts the repair of the other partitions by itself (spec B6). */
  selfRepair: z.boolean().default(false),
});

/** Who is told that the system does not run from its first partition (spec B6). */
export type NotifySettings = z.output<typeof notifySchema>;

export const defaultNotifySettings: NotifySettings = notifySchema.parse({});

export interface NotifyReading {
  settings: NotifySettings;
  /** What is wrong with files that were passed over for it. */
  problems: readonly string[];
}

/**
 * Reads the first of these files that is there and right; the defaults when there is none. Never throws: a mistake in a
 * text file must not keep a system from being up, so it is reported, and the next file counts.
 */
export async function readNotifySettings(paths: readonly string[]): Promise<NotifyReading> {
  const problems: string[] = [];
  for (const path of paths) {
    try {
      const settings = await readSettingsFile(path, notifySchema);
      if (settings !== null) return { settings, problems };
    } catch (error) {
      problems.push(errorMessage(error));
    }
  }
  return { settings: defaultNotifySettings, problems };
}
