import type { Application } from '../application.ts';
import { createDefaultDatabase, SqlService } from './sql-service.ts';

/** The SQL service as an installed application (spec M5). */
export const application: Application = {
  install: async ({ dataPath }) => createDefaultDatabase(dataPath),
  start: async ({ dataPath }) => new SqlService(dataPath),
};
