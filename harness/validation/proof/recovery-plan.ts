import { AssayError, errorMessage } from '../../../foundation/index.ts';
import { type PlannedFault, parsePlannedFault, plannedFaultText } from '../../drills/fault-plan.ts';
import type { RightfulEnd } from '../../drills/rightful-end.ts';
import type { DiskProfile } from '../profile/disk-profile.ts';
import type { RecoveryClaim } from '../profile/machine-profile.ts';
import { assertPossible, type ClaimPlace, refuseClaim } from './recovery-checks.ts';
import { readDamagedPartitions } from './recovery-partitions.ts';

/** A claim of recovery as a drill. */
export interface PlannedRecovery {
  /** From 1, as in the profile; 0 is the power cut that every appliance has to survive. */
  number: number;
  faults: PlannedFault[];
  /** So long after the last fault, in milliseconds before the time-out scale. */
  withinMs: number;
  /** Where it has to refuse to work. */
  ends?: RightfulEnd;
  /** What the console has to show of it. */
  shows?: RegExp;
}

/** The drill's step at which the clone has been ready for a while that the seed draws. */
export const fieldMoment = 'step:/goes on in the field/';

/**
 * Reads what a profile claims of recovery, before anything is started.
 *
 * @param powerCut Whether the power cut that every appliance has to survive is tried, too.
 * @throws VALIDATION_RECOVERY_INVALID with the claim's number and text; INSPECTION_NOT_RAW, WITNESS_DISK_UNREADABLE of the disk.
 */
export async function planRecovery(
  profile: DiskProfile,
  imagePath: string,
  { powerCut = true }: { powerCut?: boolean } = {},
): Promise<PlannedRecovery[]> {
  const { recovery } = profile;
  const withFiles = recovery.some(({ damage }) => damage.some((text) => /\spath=/.test(text)));
  const partitions =
    recovery.length === 0 ? [] : await readDamagedPartitions(imagePath, profile, { withFiles });
  const planned = recovery.map((claim, index) =>
    planClaim(claim, { profile, partitions, number: index + 1, text: claim.damage.join(' and ') }),
  );
  for (const [index, plan] of planned.entries()) {
    const same = planned.slice(0, index).find((other) => keyOf(other) === keyOf(plan));
    if (same === undefined) continue;
    const text = plan.faults.map(plannedFaultText).join(' and ');
    refuseClaim({ number: plan.number, text }, `it is claim ${same.number} again`);
  }
  return powerCut ? [powerCutPlan(profile), ...planned] : planned;
}

/** What every appliance has to survive, claimed or not: somebody pulls the plug. */
function powerCutPlan({ machine, limits }: DiskProfile): PlannedRecovery {
  // Of QEMU's NVMe nobody can say what a power cut may take.
  const lose = machine.controller === 'nvme' ? 'nothing' : 'some';
  const fault = parsePlannedFault(`power-cut lose=${lose} at ${fieldMoment}`);
  return { number: 0, faults: [fault], withinMs: limits.ready };
}

function planClaim(claim: RecoveryClaim, place: ClaimPlace): PlannedRecovery {
  const faults = claim.damage.map((text) => {
    const fault = readFault(text, place.number);
    assertPossible(fault, { ...place, text });
    return fault;
  });
  if (faults.every(({ moment }) => moment.kind === 'power-on' && moment.number > 2)) {
    const expected =
      'a first fault at power-on or power-on:2; the clone is switched on a third time only where a fault has ended it';
    refuseClaim(place, 'its moment does not come', expected);
  }
  const { shows, refused, within } = claim;
  return {
    ...{ number: place.number, faults, withinMs: within },
    ...(refused === undefined ? {} : { ends: { kind: 'refused', pattern: asPattern(refused) } }),
    ...(shows === undefined ? {} : { shows: asPattern(shows) }),
  };
}

function readFault(text: string, number: number): PlannedFault {
  try {
    return parsePlannedFault(text);
  } catch (error) {
    const expected = error instanceof AssayError ? error.facts.expected : undefined;
    return refuseClaim({ number, text }, errorMessage(error), expected, error);
  }
}

function asPattern(shown: string | RegExp): RegExp {
  if (typeof shown !== 'string') return shown;
  return new RegExp(shown.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
}

/** Two drills of the same faults with the same end would have one name. */
function keyOf({ faults, ends }: PlannedRecovery): string {
  return JSON.stringify([faults.map(plannedFaultText), ends && String(ends.pattern)]);
}
