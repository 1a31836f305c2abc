import { setTimeout as delay } from 'node:timers/promises';
import { harnessErrors } from '../errors.ts';
import type { Appliance } from './appliance.ts';

const pollMs = 500;

/**
 * Waits until an appliance is well (spec M8a, M10): its primary serves, and it is who it was when it was last believed. One that is
 * off is switched on, one that is on has to get there by itself.
 *
 * @throws what the wait for its ready line throws; HARNESS_APPLIANCE_FAILED when it goes off, HARNESS_CHECK_FAILED for another
 * identity.
 */
export async function becomesWell(unit: Appliance, check: Claim, signal: AbortSignal): Promise<void> {
  const knownId = unit.systemId;
  if (!unit.machine.isOn) {
    await unit.powerOn();
    await unit.recovers();
  } else {
    await serves(unit, signal);
  }
  if (knownId !== undefined) check('it is who it was', (await unit.status()).systemId, knownId);
}

type Claim = (claim: string, got: unknown, expected: unknown) => void;

async function serves(unit: Appliance, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (!unit.machine.isOn) {
      throw harnessErrors.HARNESS_APPLIANCE_FAILED({
        tried: `wait until appliance ${unit.name} serves`,
        got: 'it has gone off',
      });
    }
    // Between restarts nobody answers; that is what is waited through.
    const status = await unit.status().catch(() => undefined);
    if (status?.state === 'ready' && status.system === 'primary') return;
    await delay(pollMs, undefined, { signal });
  }
}
