import { z } from 'zod';
import { parseConfig } from '../foundation/index.ts';
import type { DrillFacts } from '../reports/index.ts';
import type { Bench } from './bench.ts';
import { harnessErrors } from './errors.ts';

/** What a scenario needs of the host while it runs; the runner never promises more than the host has. */
export interface ScenarioNeeds {
  /** Machines that run at the same time, 1 by default. */
  machines?: number;
  /** Memory of all of them together, in MiB; 1024 for each machine by default. */
  memoryMiB?: number;
  /** Processor cores that it keeps busy; one for each machine by default. */
  cpus?: number;
}

/** What a scenario says of itself beside its name. */
export interface ScenarioOptions {
  /** One sentence: what is shown when it passes. */
  summary: string;
  /** For `--tag`: lower case words joined by hyphens. */
  tags?: readonly string[];
  /** The ceiling for the whole scenario in milliseconds, before --timeout-scale; 20 minutes by default. */
  timeoutMs?: number;
  needs?: ScenarioNeeds;
}

/** What happens: it passes by returning, and fails or errors by throwing (see `judge`). */
export type ScenarioBody = (bench: Bench) => void | Promise<void>;

/** A scenario as it was declared, with every default filled in. */
export interface Scenario {
  name: string;
  summary: string;
  tags: readonly string[];
  timeoutMs: number;
  needs: Required<ScenarioNeeds>;
  body: ScenarioBody;
  /** The words by which `assay` runs it again, where that is not `run NAME`. @internal */
  command?: readonly string[];
  /** The faults that it runs under. @internal */
  drill?: DrillFacts;
}

const defaultTimeoutMs = 20 * 60_000;
const machineMemoryMiB = 1024;

const count = z.int().nonnegative();
const optionsSchema = z.strictObject({
  summary: z.string().min(1),
  tags: z
    .array(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a tag is lower case words joined by hyphens'))
    .optional(),
  timeoutMs: z.number().positive().optional(),
  needs: z
    .strictObject({ machines: count.optional(), memoryMiB: count.optional(), cpus: count.optional() })
    .optional(),
});

const declared: Scenario[] = [];

/**
 * Declares a scenario (spec H3). A scenario file calls this once for each scenario it holds; the runner collects
 * them when it loads the file.
 *
 * @param name Lower case words joined by hyphens that read as a sentence: `damaged-root-recovers`.
 * @param body What happens. It ends by returning (passed) or by throwing (see `judge`).
 * @throws HARNESS_SCENARIO_INVALID for a name of another form, FOUNDATION_CONFIG_INVALID for wrong options.
 * @example
 * scenario('gateway-answers', { summary: 'the gateway answers on its port' }, async (bench) => {
 *   const machine = await bench.machine({ name: 'gateway', directBoot: await smallSystem(bench) });
 *   const { console } = await machine.powerOn();
 *   await console.expect('ASSAY BENCH UP', { timeoutMs: 60_000 });
 * });
 */
export function scenario(name: string, options: ScenarioOptions, body: ScenarioBody): Scenario {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 100) {
    throw harnessErrors.HARNESS_SCENARIO_INVALID({
      tried: `declare the scenario ${JSON.stringify(name)}`,
      expected: 'at most 100 characters: lower case words joined by hyphens',
    });
  }
  const {
    summary,
    tags = [],
    timeoutMs = defaultTimeoutMs,
    needs = {},
  } = parseConfig(optionsSchema, options, `the options of scenario ${name}`);
  const { machines = 1, memoryMiB = machines * machineMemoryMiB, cpus = machines } = needs;
  const made: Scenario = { name, summary, tags, timeoutMs, needs: { machines, memoryMiB, cpus }, body };
  declared.push(made);
  return made;
}

/** Hands out the scenarios declared since the last call; the runner calls it after each file it loads. */
export function takeDeclaredScenarios(): Scenario[] {
  return declared.splice(0);
}
