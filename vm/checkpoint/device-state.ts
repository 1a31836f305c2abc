import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { AssayError, Deadline, errorMessage } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import type { QmpClient } from '../qmp-client.ts';
import { listenOnce } from '../socket-listener.ts';

/** What is not the memory: processors, chips, what waits in them. Some hundred KiB, in QEMU's migration format. */
export type DeviceState = Buffer;

interface Transfer {
  machineName: string;
  /** For the moment of the transfer; nothing is left there. */
  socketPath: string;
  timeoutScale: number;
}

const limitMs = 15_000;
const pollIntervalMs = 1;

/** Memory that is a file is left out (QEMU's docs/devel/migration, ignore-shared). */
const ignoreShared = { capabilities: [{ capability: 'x-ignore-shared', state: true }] };

/**
 * Stops a machine and takes the state of its devices. It stays stopped; its disks are written and let go of.
 *
 * @throws VM_CHECKPOINT_FAILED, the machine is stopped then, too; VM_MACHINE_OFF.
 */
export async function saveDeviceState(qmp: QmpClient, transfer: Transfer): Promise<DeviceState> {
  const { machineName, socketPath, timeoutScale } = transfer;
  const deadline = Deadline.after(limitMs * timeoutScale);
  const listener = await listenOnce(socketPath);
  try {
    await qmp.execute('stop');
    await qmp.execute('migrate-set-capabilities', ignoreShared);
    await qmp.execute('migrate', { uri: `unix:${socketPath}` });
    const socket = await deadline.race(listener.connected, 'have QEMU send the state of the devices');
    const state = await deadline.race(buffer(socket), 'take the state of the devices');
    await migrated(qmp, deadline);
    return state;
  } catch (error) {
    throw failed(`save the state of machine ${machineName}`, error);
  } finally {
    listener.close();
  }
}

/**
 * Gives a QEMU that waits for it the state of its devices; the machine is stopped then, at the place where it was saved.
 *
 * @throws VM_CHECKPOINT_FAILED; VM_MACHINE_OFF for a QEMU that cannot read the state: it ends and says why.
 */
export async function loadDeviceState(qmp: QmpClient, state: DeviceState, transfer: Transfer): Promise<void> {
  const { machineName, socketPath, timeoutScale } = transfer;
  const deadline = Deadline.after(limitMs * timeoutScale);
  await qmp.execute('migrate-set-capabilities', ignoreShared);
  await qmp.execute('migrate-incoming', { uri: `unix:${socketPath}` });
  const socket = connect(socketPath);
  // A QEMU that does not like what it reads ends; its end says why.
  socket.on('error', () => undefined);
  try {
    await deadline.race(once(socket, 'connect'), 'connect to the QEMU of a fork');
    socket.end(state);
    await migrated(qmp, deadline);
  } catch (error) {
    throw failed(`start ${machineName} from a checkpoint`, error);
  } finally {
    socket.destroy();
    await rm(socketPath, { force: true });
  }
}

/** A machine that went off meanwhile has its own reason. */
function failed(tried: string, error: unknown): unknown {
  if ((error as { code?: string }).code === 'VM_MACHINE_OFF') return error;
  const got = error instanceof AssayError ? (error.facts.got ?? error.summary) : errorMessage(error);
  return vmErrors.VM_CHECKPOINT_FAILED({ tried, got }, error);
}

/** Asked again and again: events of it would be in the log of the run, as if something had happened to the machine. */
async function migrated(qmp: QmpClient, deadline: Deadline): Promise<void> {
  while (!deadline.expired) {
    const answer = await qmp.execute<{ status?: string; 'error-desc'?: string }>('query-migrate');
    if (answer.status === 'completed') return;
    if (answer.status === 'failed' || answer.status === 'cancelled') {
      throw new Error(answer['error-desc'] ?? answer.status);
    }
    await pause(pollIntervalMs);
  }
  throw new Error(`not done within ${deadline.totalMs} ms`);
}
