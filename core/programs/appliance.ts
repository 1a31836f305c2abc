import { announce } from '../appliance/announce.ts';
import { runAppliance } from '../appliance/run-appliance.ts';

/** The one long-lived program of an appliance, the same in the primary and the emergency operating system. */
runAppliance().catch((error: unknown) => {
  announce(`FAILED ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 1;
});
