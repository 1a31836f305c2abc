import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type DrillOptions, drilledScenario } from '../drills/drilled-scenario.ts';
import { type PlannedFault, parsePlannedFault } from '../drills/fault-plan.ts';
import { parseMoment } from '../drills/moment.ts';
import { parseRightfulEnd } from '../drills/rightful-end.ts';
import { harnessErrors } from '../errors.ts';
import type { LoadedScenario } from '../load-scenarios.ts';
import type { Scenario } from '../scenario.ts';
import type { ReproduceWords } from './read-reproduce-command.ts';

/** A scenario that is to be run as it was run then. */
export interface PlannedAgain {
  loaded: LoadedScenario;
  /** What is not as it was then, a sentence for each. */
  differences: string[];
  /** Of a drill: what it is made of. */
  drill?: { scenario: Scenario; file: string; plan: readonly PlannedFault[]; options: Partial<DrillOptions> };
}

/** Of `plan.json`, what decides how a fault goes. */
const planSchema = z.looseObject({
  faults: z.array(z.looseObject({ fault: z.string(), parameters: z.record(z.string(), z.unknown()) })),
});

/**
 * The scenario of an attempt, under the same faults where it was a drill.
 *
 * @param loaded The scenarios that are here now.
 * @param nameThen The name that the attempt had: of a drill it says the faults.
 * @param evidenceFolder The attempt's: a drill has kept its plan there, every parameter filled in.
 * @throws HARNESS_NAME_UNKNOWN where the scenario is gone, and what `parsePlannedFault` throws.
 */
export async function planAgain(
  loaded: readonly LoadedScenario[],
  words: ReproduceWords,
  { nameThen, evidenceFolder }: { nameThen: string; evidenceFolder: string },
): Promise<PlannedAgain> {
  const found = findAgain(loaded, words.name, nameThen);
  if (words.command !== 'drill') return { loaded: found, differences: [] };
  const { scenario, file } = found;
  const { plan, differences } = await planOf(words, evidenceFolder);
  const ends = words.ends === undefined ? {} : { ends: parseRightfulEnd(words.ends) };
  const options = { ...wellWithin(words), ...words.axes, ...ends };
  return {
    loaded: { scenario: drilledScenario(scenario, plan, options), file },
    differences,
    drill: { scenario, file, plan, options },
  };
}

/** The scenario of an attempt. @throws HARNESS_NAME_UNKNOWN where it is gone. */
export function findAgain(loaded: readonly LoadedScenario[], name: string, nameThen: string): LoadedScenario {
  const found = loaded.find(({ scenario }) => scenario.name === name);
  if (found !== undefined) return found;
  throw harnessErrors.HARNESS_NAME_UNKNOWN({
    tried: `run ${nameThen} again`,
    got: `${loaded.length} scenarios here, none is ${name}`,
    remedy: 'stand in the folder of that run; where the scenario was renamed, run it by its new name',
  });
}

async function planOf(
  { faults }: ReproduceWords,
  evidenceFolder: string,
): Promise<{ plan: PlannedFault[]; differences: string[] }> {
  const kept = await readPlan(join(evidenceFolder, 'plan.json'));
  const differences: string[] = [];
  const plan = faults.map((text, index) => {
    const planned = parsePlannedFault(text);
    const then = kept?.faults[index];
    if (then?.fault !== planned.declaration.name) return planned;
    // The text leaves out what was the default then, which may be another one by now.
    const parameters = planned.declaration.parameters.strict().safeParse(then.parameters);
    if (parameters.success) return { ...planned, parameters: parameters.data };
    differences.push(
      `the fault ${then.fault} has other parameters now: ${parameters.error.issues[0]?.message}`,
    );
    return planned;
  });
  return { plan, differences };
}

/** Undefined where the attempt ended before it kept its plan. */
async function readPlan(path: string): Promise<z.output<typeof planSchema> | undefined> {
  try {
    return planSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function wellWithin({ wellWithin: text }: ReproduceWords): { wellWithinMs?: number } {
  if (text === undefined) return {};
  const moment = parseMoment(`time:${text}`);
  return moment.kind === 'time' ? { wellWithinMs: moment.afterMs } : {};
}
