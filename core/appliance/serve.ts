import { applicationNames } from '../applications/application.ts';
import { announce } from './announce.ts';
import { applianceCommands } from './appliance-commands.ts';
import type { ApplianceStatus } from './appliance-status.ts';
import { ApplicationSet, loadInstalledApplications } from './application-set.ts';
import { forgetRebuilds } from './forget-rebuilds.ts';
import { healRecords } from './heal-records.ts';
import { checkHealth } from './health.ts';
import type { Machine } from './machine.ts';
import { mountPartitions } from './mounts.ts';
import { places } from './places.ts';
import { powerCommands } from './power-commands.ts';

/**
 * The normal run: the applications are started, the appliance is checked as its user would check it, the failed
 * attempts are forgotten, and one line says that it is ready.
 *
 * @throws CORE_NOT_HEALTHY, CORE_PROGRAM_FAILED when a partition cannot be mounted
 */
export async function serve(
  machine: Machine,
  status: ApplianceStatus,
  { isFirstBoot }: { isFirstBoot: boolean },
): Promise<void> {
  // The disks are busy while the applications are compiled.
  const mounted = mountPartitions(machine, [
    { role: 'data', path: places.data },
    { role: 'data2', path: places.data2 },
    { role: 'settings', path: places.settings },
  ]);
  const [installed] = await Promise.all([loadInstalledApplications(), mounted]);
  const applications = new ApplicationSet(() => status.toJSON());
  applications.add('appliance', applianceCommands(machine, applications));
  applications.add('power', powerCommands());
  const context = { dataPath: places.data, data2Path: places.data2 };
  for (const name of applicationNames) await applications.start(name, installed.get(name)!, context);
  status.update({ applications: [...applicationNames] });
  const health = await checkHealth(applications);
  await using bootControl = await machine.bootControl();
  await bootControl.clearAttempts();
  await forgetRebuilds(machine, status);
  status.update({ state: 'ready', detail: status.facts.hostName });
  const { systemId, hostName, licenceLevel, layout } = status.facts;
  const { identityNumber } = status.toJSON();
  announce(
    `READY ${JSON.stringify({ system: machine.system, systemId, identityNumber, hostName, licenceLevel, layout, isFirstBoot, ...health })}`,
  );
  const healed = await healRecords(machine);
  if (healed.length > 0) status.log(`records mended: ${healed.join(', ')}`);
}
