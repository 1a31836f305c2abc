import { drilledScenario } from '../../drills/drilled-scenario.ts';
import type { Scenario } from '../../scenario.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { cloneInTheField } from './recovery-ground.ts';
import type { PlannedRecovery } from './recovery-plan.ts';
import { RecoveryWatch } from './recovery-watch.ts';

/** A claim of recovery with the scenario that tries it. */
export interface RecoveryDrill {
  plan: PlannedRecovery;
  scenario: Scenario;
}

/**
 * Makes a drill of each claim (spec H5): the clone is damaged as the claim says while a scenario goes on that knows nothing of it, and has to be
 * ready again in time, or to refuse. The image is never written.
 *
 * @param command The words by which `assay` runs the proof again.
 */
export function recoveryScenarios(
  profile: ProofProfile,
  planned: readonly PlannedRecovery[],
  { imagePath, command }: { imagePath: string; command: readonly string[] },
): RecoveryDrill[] {
  return planned.map((plan) => ({ plan, scenario: recoveryScenario(profile, plan, imagePath, command) }));
}

function recoveryScenario(
  profile: ProofProfile,
  plan: PlannedRecovery,
  imagePath: string,
  command: readonly string[],
): Scenario {
  const { number, faults, withinMs, ends, shows } = plan;
  const ground = cloneInTheField(profile, plan, imagePath);
  const drilled = drilledScenario(ground, faults, { wellWithinMs: withinMs, ends });
  return {
    ...drilled,
    name: number === 0 ? 'power-cut-in-the-field' : drilled.name,
    command,
    async body(bench) {
      if (shows === undefined) return await drilled.body(bench);
      const watch = new RecoveryWatch(shows);
      await drilled.body(watch.on(bench));
      watch.assertShown(bench);
    },
  };
}
