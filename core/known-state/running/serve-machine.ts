import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { announce } from '../../appliance/announce.ts';
import { openWatchdog } from '../../boot-loader/watchdog.ts';
import { reasonOf } from '../reason-of.ts';
import { mountData } from './mount-data.ts';
import { makeEvent, recordEvent } from './record-event.ts';
import { resetMachine } from './reset-machine.ts';
import { openRunningSystem, type RunningSystem } from './running-system.ts';
import { type ServiceAround, serve } from './serve.ts';
import { tell } from './tell.ts';

/** Time for the line to leave the serial port. */
const graceMs = 1000;

/**
 * Runs the service on this machine until it is shut down. A system that does not even know what it was started from is
 * reset: its partition is Dirty since the medium chose it, and the next start takes another one.
 */
export async function serveMachine(): Promise<void> {
  const shutDown = new AbortController();
  process.on('SIGTERM', () => shutDown.abort());
  let system: RunningSystem;
  try {
    system = await openRunningSystem();
  } catch (error) {
    announce(`FAILED ${JSON.stringify({ reason: reasonOf(error) })}`);
    await pause(graceMs);
    return await resetMachine(reasonOf(error));
  }
  // The application is told what it runs on.
  Object.assign(process.env, { ASSAY_PARTITION: system.name, ASSAY_VERSION: system.version });
  await serve(system, aroundMachine(system, shutDown.signal));
}

function aroundMachine(system: RunningSystem, shutDown: AbortSignal): ServiceAround {
  return {
    shutDown,
    openWatchdog: async () => await openWatchdog(system.configuration.layout),
    mountData: async () => await mountData(system),
    async tellOfFallback(event, settings) {
      for (const { channel, problem } of await tell(event, settings)) {
        const [kind, text] =
          problem === undefined
            ? (['notified', `told by ${channel}`] as const)
            : (['notification-failed', `not told by ${channel}: ${problem}`] as const);
        await recordEvent(system, settings, makeEvent(system, kind, text));
      }
    },
    startRepair() {
      // A program of its own: reading and hashing whole partitions would keep the service from its questions.
      const repair = spawn(process.execPath, [process.argv[1]!, 'repair'], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      repair.on('error', (error) => announce(`PROBLEM the repair could not be started: ${error.message}`));
    },
    reset: resetMachine,
  };
}
