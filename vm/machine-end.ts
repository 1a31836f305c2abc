import { foundationErrors } from '../foundation/index.ts';
import { vmErrors } from './errors.ts';
import type { QemuExit } from './qemu-process.ts';
import type { QmpClient, QmpEvent } from './qmp-client.ts';

/** How a machine went off; `error` is what a wait on it gets to hear. */
export interface MachineEnd {
  how: 'powered-off' | 'cut' | 'died';
  error: Error;
}

interface EndFacts {
  exit: QemuExit;
  askedToCut: boolean;
  events: readonly QmpEvent[];
  printed: () => Promise<string>;
}

/** Tells a guest that switched itself off from a cut that was asked for and from a QEMU that died. */
export async function endReason(name: string, facts: EndFacts): Promise<MachineEnd> {
  const tried = `wait on machine ${name}`;
  if (facts.askedToCut) {
    return { how: 'cut', error: vmErrors.VM_MACHINE_OFF({ tried, got: 'its power was cut' }) };
  }
  const shutdown = facts.events.findLast(({ event }) => event === 'SHUTDOWN');
  if (shutdown?.data.guest === true && facts.exit.exitCode === 0) {
    return { how: 'powered-off', error: vmErrors.VM_POWERED_OFF({ tried }) };
  }
  const printed = await facts.printed();
  const got = `${facts.exit.signal ?? `exit code ${facts.exit.exitCode}`}: ${printed || '(it printed nothing)'}`;
  const make = /no space left/i.test(printed) ? foundationErrors.FOUNDATION_DISK_FULL : vmErrors.VM_QEMU_DIED;
  return { how: 'died', error: make({ tried, got }) };
}

const statusTimeoutMs = 3_000;

/**
 * Asks QEMU whether it runs the machine at all: a wait that is over because of the host must not be blamed on the
 * product. Undefined when the machine runs.
 */
export async function stallOf(
  qmp: QmpClient,
  name: string,
  blockError?: QmpEvent,
): Promise<Error | undefined> {
  const tried = `ask whether machine ${name} runs`;
  try {
    const { status } = await qmp.execute<{ status: string }>('query-status', undefined, statusTimeoutMs);
    if (status === 'running') return undefined;
    if (blockError?.data.nospace === true) {
      return foundationErrors.FOUNDATION_DISK_FULL({
        tried: `write to a disk of machine ${name}`,
        got: status,
      });
    }
    const got = `status ${status}${blockError ? `, ${JSON.stringify(blockError.data)}` : ''}`;
    return vmErrors.VM_MACHINE_STALLED({ tried, expected: 'running', got });
  } catch (error) {
    // A machine that is off has its own reason, which the console is about to hear.
    if ((error as { code?: string }).code === 'VM_MACHINE_OFF') return undefined;
    return error as Error;
  }
}
