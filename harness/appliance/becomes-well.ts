import { setTimeout as delay } from 'node:timers/promises';
import { harnessErrors } from '../errors.ts';
import type { Appliance } from './appliance.ts';
import { believeReady, type ReadyClaims } from './believe-ready.ts';

const pollMs = 500;

/**
 * Waits until an appliance is well (spec M3, M8a, M10): its primary serves, and it has the identity and the licence that it had
 * when it was last believed. One that is off is switched on, one that is on has to get there by itself.
 *
 * @throws what the wait for its ready line throws; HARNESS_APPLIANCE_FAILED when it goes off, HARNESS_CHECK_FAILED for another
 * identity or licence.
 */
export async function becomesWell(unit: Appliance, check: Claim, signal: AbortSignal): Promise<void> {
  const known = unit.lastReady;
  const now = unit.machine.isOn ? await serves(unit, signal) : await comesUp(unit);
  if (known === undefined) return;
  check('it is who it was', now.systemId, known.systemId);
  check('its licence is what it was', now.licenceLevel, known.licenceLevel);
}

type Claim = (claim: string, got: unknown, expected: unknown) => void;

async function comesUp(unit: Appliance): Promise<Partial<ReadyClaims>> {
  await unit.powerOn();
  return await unit.recovers();
}

async function serves(unit: Appliance, signal: AbortSignal): Promise<Partial<ReadyClaims>> {
  for (;;) {
    signal.throwIfAborted();
    if (!unit.machine.isOn) {
      throw harnessErrors.HARNESS_APPLIANCE_FAILED({
        tried: `wait until appliance ${unit.name} serves`,
        got: 'it has gone off',
      });
    }
    const claims = await claimsOf(unit);
    if (claims !== undefined) return claims;
    await delay(pollMs, undefined, { signal });
  }
}

/** Undefined while it does not serve: between restarts nobody answers, and that is what is waited through. */
async function claimsOf(unit: Appliance): Promise<Partial<ReadyClaims> | undefined> {
  try {
    const status: Record<string, unknown> & Partial<ReadyClaims> = await unit.status();
    if (status.state !== 'ready' || status.system !== 'primary') return undefined;
    await believeReady(unit, status);
    return status;
  } catch {
    return undefined;
  }
}
