import {
  type ApiAnswer,
  type ApiRequest,
  pagePort,
  type RunningApplication,
} from '../applications/application.ts';
import { SqlService } from '../applications/sql-service/sql-service.ts';
import type { BootControl } from '../boot-loader/boot-control.ts';
import { readSignature } from '../first-boot/signatures.ts';
import { continuePreInstall } from '../pre-install/pre-install.ts';
import { readProgress } from '../pre-install/progress.ts';
import { rebuildPrimary } from '../recovery/rebuild-primary.ts';
import { announce } from './announce.ts';
import type { ApplianceStatus } from './appliance-status.ts';
import { ApplicationSet } from './application-set.ts';
import type { Machine } from './machine.ts';
import { mountPartitions } from './mounts.ts';
import { places } from './places.ts';
import { restart } from './power.ts';
import { powerCommands } from './power-commands.ts';
import { startReducedPage } from './reduced-service.ts';

/** So many rebuilds in a row may lead to no healthy primary; then something else is wrong than its files. */
const maximumRebuilds = 2;

/**
 * The emergency operating system's start: its half of pre-install on a template; else the page and the data base
 * stay up, and the primary is rebuilt when it was the primary that failed (spec M10, M11).
 */
export async function startEmergency(machine: Machine, status: ApplianceStatus): Promise<void> {
  const progress = await readProgress(machine);
  status.update({ manufacturingStage: progress?.stage });
  if (progress?.stage === 'template') return await continuePreInstall({ machine, status, progress });
  const signature = await readSignature(machine, 'system');
  if (signature?.kind === 'signed') status.update({ systemId: signature.identity.systemId });
  const applications = await serveReduced(machine, status);
  const control = await readBootControl(machine, status);
  announce(
    `EMERGENCY ${JSON.stringify({ systemId: status.facts.systemId, page: `tcp/${pagePort}`, control })}`,
  );
  if (control === null) return await restart('to the primary, by a new boot control record');
  if (control.target === 'emergency') return status.update({ state: 'emergency', detail: 'on request' });
  if ((progress?.rebuilds ?? 0) >= maximumRebuilds) {
    status.log(`the primary fails after ${maximumRebuilds} rebuilds: left as it is`);
    return status.update({ state: 'emergency', detail: 'rebuilds in vain' });
  }
  status.log(`the primary failed: ${control.attempts} of ${control.attemptLimit} attempts used`);
  await rebuild(machine, status, applications, { resetData: false });
}

/** What still works without the primary: the page, the commands, and the data base where its partition is sound. */
async function serveReduced(machine: Machine, status: ApplianceStatus): Promise<ApplicationSet> {
  status.update({ state: 'emergency', detail: 'primary is down' });
  const applications = new ApplicationSet(() => status.toJSON());
  applications.add('power', powerCommands());
  applications.add('rebuild', rebuildCommands(machine, status, applications));
  await startReducedPage(applications);
  try {
    await mountPartitions(machine, [{ role: 'data', path: places.data }]);
    applications.add('sql-service', new SqlService(places.data));
    status.update({ applications: ['page', 'sql-service'] });
  } catch (error) {
    status.log(`no data base: ${error instanceof Error ? error.message : String(error)}`);
    status.update({ applications: ['page'] });
  }
  return applications;
}

/** The record; null when it could not be read, and was written anew so that the primary is tried. */
async function readBootControl(machine: Machine, status: ApplianceStatus): Promise<BootControl | null> {
  await using bootControl = await machine.bootControl();
  const reading = await bootControl.inspect();
  if (reading.state === 'valid') return reading.payload;
  status.log('the boot control record was unreadable and is written anew');
  await bootControl.reset({ target: 'primary', attempts: 0, attemptLimit: machine.layout.attemptLimit });
  return null;
}

/** A rebuild that fails leaves the emergency system serving; its reason is on the page. */
async function rebuild(
  machine: Machine,
  status: ApplianceStatus,
  applications: ApplicationSet,
  options: { resetData: boolean },
): Promise<void> {
  try {
    const work = () => rebuildPrimary(machine, status, options);
    await (options.resetData ? applications.whileSuspended(work) : work());
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    status.log(`rebuild failed: ${message}`);
    announce(`REBUILD-FAILED ${JSON.stringify({ message })}`);
    return status.update({ state: 'emergency', detail: 'rebuild failed' });
  }
  await restart('to the rebuilt primary');
}

/** `POST /api/rebuild` with `{"resetData": true}` or nothing; `POST /api/primary` returns to the primary as it is. */
function rebuildCommands(
  machine: Machine,
  status: ApplianceStatus,
  applications: ApplicationSet,
): RunningApplication {
  return {
    answer: async ({ method, path, body }: ApiRequest): Promise<ApiAnswer | undefined> => {
      if (path !== '/api/rebuild' && path !== '/api/primary') return undefined;
      if (method !== 'POST') return { status: 405, json: { error: 'send the command with POST' } };
      if (status.facts.state === 'rebuilding')
        return { status: 409, json: { error: 'a rebuild is under way' } };
      if (path === '/api/primary') {
        await using bootControl = await machine.bootControl();
        await bootControl.setTarget('primary');
        setTimeout(() => void restart('to the primary on request'), 200);
        return { status: 202, json: { restarting: true } };
      }
      const { resetData } = (body ?? {}) as { resetData?: unknown };
      void rebuild(machine, status, applications, { resetData: resetData === true });
      return { status: 202, json: { rebuilding: true, resetData: resetData === true } };
    },
    check: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
