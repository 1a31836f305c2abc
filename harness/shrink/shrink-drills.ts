import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/index.ts';
import { drilledScenario } from '../drills/drilled-scenario.ts';
import type { FurtherAttempts } from '../further-attempts.ts';
import { resultOf } from './candidate-result.ts';
import { type ShrinkableDrill, type ShrinkOptions, type ShrunkDrill, shrinkDrill } from './shrink-drill.ts';
import { shrunkText } from './shrunk-text.ts';

/** What a run with shrinking keeps beside its reports. */
export const shrinkFileName = 'shrink.json';

/** Codes that say that the end of the whole plan did not come; of a part of it another end may be the right one. */
const ofTheWholePlan = ['DRILLS_WELL_INSTEAD', 'DRILLS_NOT_REFUSED'];

/**
 * Shrinks those of the drills that failed in this run, one after the other, says what each has come to, and keeps it in the run folder.
 * What is there twice is shrunk once: attempts of one drill that failed by the same code.
 *
 * @throws what concerns the run: a folder or an event log that cannot be written.
 */
export async function shrinkDrills(
  drills: readonly ShrinkableDrill[],
  options: ShrinkOptions,
  more: FurtherAttempts,
): Promise<ShrunkDrill[]> {
  const shrunk: ShrunkDrill[] = [];
  const begun = new Set<string>();
  for (const drill of drills) {
    const { name } = drilledScenario(drill.scenario, drill.plan, drill.options);
    const which = JSON.stringify([name, options.anyFailure ? undefined : drill.code]);
    if (begun.has(which)) continue;
    begun.add(which);
    const failure = failureOf(name, drill, options, more);
    if ('none' in failure) {
      if (failure.none !== undefined) more.note(failure.none, 'result');
      continue;
    }
    const result = await shrinkDrill(drill, failure, options, more);
    shrunk.push(result);
    more.note(shrunkText(result), 'result');
    const text = `${JSON.stringify({ version: 1, seed: more.seed, shrunk }, undefined, 2)}\n`;
    await writeFileDurably(join(more.runFolder, shrinkFileName), text);
  }
  return shrunk;
}

/** The failure that is looked for; or why nothing is shrunk, and undefined where there is nothing to say. */
function failureOf(
  name: string,
  { plan, code, options: { ends } }: ShrinkableDrill,
  { anyFailure }: ShrinkOptions,
  { run, signal }: FurtherAttempts,
): { code?: string | undefined } | { none: string | undefined } {
  const attempts = run.scenarios.filter((attempt) => attempt.name === name && attempt.neverStarted !== true);
  const wanted = { code: anyFailure ? undefined : code };
  const failed = attempts.find((attempt) => resultOf(attempt, wanted).verdict === 'fails');
  if (failed === undefined) {
    const isAsked = code !== undefined && attempts.length > 0 && !signal.aborted;
    return { none: isAsked ? notAgain(name, wanted.code, attempts.map(endingText)) : undefined };
  }
  if (plan.length === 1) return { none: `${name} fails by its one fault: there is nothing to be taken out` };
  const found = failed.error?.code;
  if (ends !== undefined && (anyFailure || (found !== undefined && ofTheWholePlan.includes(found)))) {
    return {
      none: `${name} is not shrunk: its rightful end is that of the whole plan; with fewer faults another may be right`,
    };
  }
  return { code: anyFailure ? undefined : found };
}

function notAgain(name: string, code: string | undefined, endings: readonly string[]): string {
  const wanted = code === undefined ? 'failed' : `failed, ${code}`;
  return `${name} has not failed again (then ${wanted}; now ${endings.join('; ')}), and nothing was shrunk: it may be flaky, and --repeat tries more often`;
}

function endingText({ outcome = 'errored', error }: { outcome?: string; error?: { code: string } }): string {
  return error === undefined ? outcome : `${outcome}, ${error.code}`;
}
