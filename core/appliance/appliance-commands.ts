import type {
  ApiAnswer,
  ApiRequest,
  ApplicationHost,
  RunningApplication,
} from '../applications/application.ts';
import { readProgress } from '../pre-install/progress.ts';
import { archivePath, readBackup, verifyDefaults } from '../recovery/backup-area.ts';
import { restoreTree } from '../recovery/restore-tree.ts';
import type { Machine } from './machine.ts';
import { withMounts } from './mounts.ts';
import { places } from './places.ts';
import { restart } from './power.ts';
import { readSettings, writeSettings } from './settings.ts';

/**
 * The appliance's own commands:
 *
 * - `GET /api/settings`, `PUT /api/settings`: what the customer configured, as one JSON object;
 * - `POST /api/emergency`: restart into the emergency system;
 * - `POST /api/reset-data`: the data partition to its manufacturing state.
 */
export function applianceCommands(machine: Machine, host: ApplicationHost): RunningApplication {
  return {
    answer: (request) => answer(machine, host, request),
    check: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Time for the answer to leave before the machine does. */
const graceMs = 200;

async function answer(
  machine: Machine,
  host: ApplicationHost,
  { method, path, body }: ApiRequest,
): Promise<ApiAnswer | undefined> {
  switch (`${method} ${path}`) {
    case 'GET /api/settings':
      return { status: 200, json: await readSettings() };
    case 'PUT /api/settings':
      return await putSettings(body);
    case 'POST /api/reset-data':
      await host.whileSuspended(() => resetData(machine));
      return { status: 200, json: { reset: 'data' } };
    case 'POST /api/emergency': {
      await using bootControl = await machine.bootControl();
      await bootControl.setTarget('emergency');
      setTimeout(() => void restart('to the emergency system on request'), graceMs);
      return { status: 202, json: { restarting: true } };
    }
    default:
      return undefined;
  }
}

async function putSettings(body: unknown): Promise<ApiAnswer> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { status: 400, json: { error: 'expected a JSON object' } };
  }
  await writeSettings(body as Record<string, unknown>);
  return { status: 200, json: body };
}

/** The defaults are checked before anything of the customer's is touched. */
async function resetData(machine: Machine): Promise<void> {
  const backupHash = (await readProgress(machine))?.backupHash ?? '';
  await withMounts(machine, [{ role: 'backup', path: places.backup, readOnly: true }], async () => {
    const manifest = await readBackup(places.backup, backupHash);
    await verifyDefaults(places.backup, manifest, 'data');
    await restoreTree(archivePath(places.backup, 'data'), places.data, { exact: true, owners: true });
  });
}
