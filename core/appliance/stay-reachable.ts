import type { HardwareEvidence } from '../identity/evidence.ts';
import type { ApplianceStatus } from './appliance-status.ts';
import { ApplicationSet } from './application-set.ts';
import { identityCommands } from './identity-commands.ts';
import type { Machine } from './machine.ts';
import { startNetwork } from './network.ts';
import { powerCommands } from './power-commands.ts';
import { startReducedPage } from './reduced-service.ts';

/**
 * A page with commands and no service, for an appliance that must not serve (spec M8a). The operating system itself
 * is well, so this start is no failed attempt.
 *
 * @param hardware With it, the operator can resolve an identity conflict.
 */
export async function stayReachable(
  machine: Machine,
  status: ApplianceStatus,
  hardware?: HardwareEvidence,
): Promise<void> {
  await startNetwork();
  const applications = new ApplicationSet(() => status.toJSON());
  applications.add('power', powerCommands());
  if (hardware !== undefined) applications.add('identity', identityCommands(machine, hardware));
  await startReducedPage(applications);
  await using bootControl = await machine.bootControl();
  await bootControl.clearAttempts();
}
