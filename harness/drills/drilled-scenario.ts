import { createHash } from 'node:crypto';
import type { DrillFacts } from '../../reports/index.ts';
import type { Scenario } from '../scenario.ts';
import { type PlannedFault, plannedFaultText, unplacedFaultText } from './fault-plan.ts';
import { momentText } from './moment.ts';
import { runDrill } from './run-drill.ts';

/** How a drill goes beside its faults. */
export interface DrillOptions {
  /** So long after the last fault the machine has to be well again, in milliseconds before the time-out scale. */
  wellWithinMs: number;
}

/** Longer than a rebuild, with a restart before and after it. */
export const defaultWellWithinMs = 8 * 60_000;

/**
 * A scenario under faults (spec H4): it runs as always; the faults come at their moments. What they interrupt is no failure by
 * itself, a claim of the scenario that does not hold is one. When all is over, the faults are stopped, each has to have happened,
 * and every machine that was hit has to be well again by the deadline.
 *
 * Its name says the faults: `lifecycle--power-cut-3f2a90c1`.
 */
export function drilledScenario(
  scenario: Scenario,
  plan: readonly PlannedFault[],
  { wellWithinMs = defaultWellWithinMs }: Partial<DrillOptions> = {},
): Scenario {
  const texts = plan.map(plannedFaultText);
  const digest = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 8);
  const names = [...new Set(plan.map(({ declaration }) => declaration.name))].join('-');
  const within = wellWithinMs === defaultWellWithinMs ? [] : ['--well-within', `${wellWithinMs / 1000}s`];
  return {
    ...scenario,
    name: `${scenario.name}--${names}-${digest}`,
    summary: `${scenario.summary}; under ${texts.join(' and ')}`,
    tags: [...scenario.tags, 'drill'],
    timeoutMs: scenario.timeoutMs + (plan.length + 1) * wellWithinMs,
    command: ['drill', scenario.name, ...texts.flatMap((text) => ['--fault', text]), ...within],
    drill: { scenario: scenario.name, faults: plan.map(faultFacts) },
    body: (bench) => runDrill(scenario, plan, bench, wellWithinMs),
  };
}

function faultFacts(planned: PlannedFault): DrillFacts['faults'][number] {
  const { declaration, moment } = planned;
  return { fault: declaration.name, text: unplacedFaultText(planned), moment: momentText(moment) };
}
