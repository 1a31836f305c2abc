import { createHash } from 'node:crypto';
import type { DrillFacts } from '../../reports/index.ts';
import type { Bench } from '../bench.ts';
import type { Scenario } from '../scenario.ts';
import type { KeptStarts } from './branching/kept-starts.ts';
import { drillsErrors } from './errors.ts';
import { type PlannedFault, plannedFaultText, unplacedFaultText } from './fault-plan.ts';
import { axisTexts, canBeOn, type DrillAxes, MachineVariation } from './machine-variation.ts';
import { momentText } from './moment.ts';
import { type RightfulEnd, rightfulEndText } from './rightful-end.ts';
import { runDrill } from './run-drill.ts';
import { defaultWellWithinMs } from './well-within.ts';

/** How a drill goes beside its faults. */
export interface DrillOptions extends DrillAxes {
  /** So long after the last fault the machine has to be well again, in milliseconds before the time-out scale. */
  wellWithinMs: number;
  /** Where the rightful end is another one than that the machine is well again. */
  ends?: RightfulEnd | undefined;
  /** First starts that are shared with other drills of the run; without them every machine is really started. */
  starts?: KeptStarts | undefined;
}

/**
 * A scenario under faults (spec H4): it runs as always; the faults come at their moments. What they interrupt is no failure by
 * itself, a claim of the scenario that does not hold is one. When all is over, the faults are stopped, each has to have happened,
 * and every machine that was hit has to be well again by the deadline.
 *
 * Its name says the faults, and what its machines are built with: `lifecycle--power-cut-3f2a90c1`,
 * `lifecycle--power-cut-ahci-1b77d0e4`.
 *
 * @throws DRILLS_NOT_APPLICABLE for a fault that cannot be injected into disks on this controller.
 */
export function drilledScenario(
  scenario: Scenario,
  plan: readonly PlannedFault[],
  { wellWithinMs = defaultWellWithinMs, controller, layout, ends, starts }: Partial<DrillOptions> = {},
): Scenario {
  const axes: DrillAxes = { controller, layout };
  for (const planned of plan) refuseOn(axes, planned);
  const texts = plan.map(plannedFaultText);
  const said = axisTexts(axes);
  const axisWords = [said.controller, said.layout].flatMap((text) => text ?? []);
  const endText = ends && rightfulEndText(ends);
  const faultNames = [...new Set(plan.map(({ declaration }) => declaration.name))];
  const within = wellWithinMs === defaultWellWithinMs ? [] : ['--well-within', `${wellWithinMs / 1000}s`];
  const digest = digestOf(endText ? [...texts, endText] : texts, axes);
  const name = `${scenario.name}--${[...faultNames, ...axisWords.map(inName), digest].join('-')}`;
  const sharedStarts = starts && { starts, drill: name };
  return {
    ...{ ...scenario, name },
    summary: [
      scenario.summary,
      ...axisWords.map((text) => `on ${text}`),
      `under ${texts.join(' and ')}`,
    ].join('; '),
    tags: [...scenario.tags, 'drill'],
    timeoutMs: scenario.timeoutMs + (plan.length + 1) * wellWithinMs,
    command: [
      ...['drill', scenario.name, ...texts.flatMap((text) => ['--fault', text]), ...within],
      ...(controller === undefined ? [] : ['--controller', controller]),
      ...(layout === undefined ? [] : ['--layout', layout]),
      ...(endText === undefined ? [] : ['--ends', endText]),
    ],
    drill: {
      scenario: scenario.name,
      faults: plan.map(faultFacts),
      ...said,
      ...(endText && { ends: endText }),
    },
    body: (bench) => runDrill(scenario, plan, { ...varied(bench, axes), sharedStarts }, wellWithinMs, ends),
  };
}

/** Without axes it is that of the faults alone: names stay the same as long as the plan does. */
function digestOf(texts: readonly string[], { controller, layout }: DrillAxes): string {
  const isPlain = controller === undefined && layout === undefined;
  const facts = isPlain ? texts : [texts, controller ?? null, layout ?? null];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 8);
}

/** As names of scenarios are written. */
function inName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function refuseOn({ controller }: DrillAxes, planned: PlannedFault): void {
  if (canBeOn(controller, planned)) return;
  throw drillsErrors.DRILLS_NOT_APPLICABLE({
    tried: `inject ${plannedFaultText(planned)} into disks on ${controller}`,
    expected:
      'another controller, or lose=nothing: the NVMe of QEMU drops what its guests want to be written at once',
  });
}

function varied(bench: Bench, axes: DrillAxes): Bench {
  const isPlain = axes.controller === undefined && axes.layout === undefined;
  return isPlain ? bench : { ...bench, variation: new MachineVariation(axes) };
}

function faultFacts(planned: PlannedFault): DrillFacts['faults'][number] {
  const { declaration, moment } = planned;
  return { fault: declaration.name, text: unplacedFaultText(planned), moment: momentText(moment) };
}
