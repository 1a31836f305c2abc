import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../../foundation/durable-file.ts';
import { durably } from '../../../foundation/durably.ts';
import type { Application } from '../application.ts';
import { BackupClient } from './backup-client.ts';

/** The back-up client as an installed application (spec M5). */
export const application: Application = {
  install: async ({ data2Path }) => {
    await mkdir(join(data2Path, 'backups'), { recursive: true });
    await durably('backup-client.data', () => syncFolder(data2Path));
  },
  start: async ({ dataPath, data2Path }, host) => new BackupClient(dataPath, data2Path, host),
};
