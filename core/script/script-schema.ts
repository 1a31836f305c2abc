import { z } from 'zod';
import { durationMs } from './duration.ts';

/** How a step has ended. */
export const stepOutcomes = ['succeeded', 'failed', 'skipped'] as const;

export type StepOutcome = (typeof stepOutcomes)[number];

/** What happens to the machine when a script has ended. */
export const scriptEnds = ['prompt', 'restart', 'shut-down'] as const;

export type ScriptEnd = (typeof scriptEnds)[number];

/** Names of scripts, of steps and of kinds of steps. */
export const wordsWithHyphens = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a name is lower-case words with hyphens between them');

const endSchema = z.enum(scriptEnds, { error: `must be ${list(scriptEnds)}` });

const outcomeSchema = z.enum(stepOutcomes);

const conditionSchema = z.union([outcomeSchema, z.array(outcomeSchema).min(1)], {
  error: `must be ${list(stepOutcomes)}, or a list of these`,
});

/** `always`, or what has to be true of steps before this one, by their names. */
const whenSchema = z.union([z.literal('always'), z.record(z.string(), conditionSchema)], {
  error: `must be always, or the names of earlier steps, each with ${list(stepOutcomes)}, or a list of these`,
});

const waitsSchema = z.union([z.boolean(), z.array(z.string())], {
  error: 'must be true, false, or a list of names of earlier steps',
});

/** One step, as a script has it (spec R5); what stands under `with` is the business of the step's kind. */
export const stepSchema = z.strictObject({
  name: wordsWithHyphens.describe('Names the step in logs, and in the `waits` and `when` of later steps.'),
  do: z.string().describe('What the step does: the name of a kind of step.'),
  with: z.record(z.string(), z.unknown()).default({}).describe('Options of the kind of step.'),
  waits: waitsSchema
    .default(true)
    .describe(
      'true: starts when all earlier steps have ended. false: starts beside the step before it. Names: starts when these steps have ended.',
    ),
  timeLimit: durationMs
    .optional()
    .describe('The step fails when it is not done within this time: 30s, 10m, 2h, 1d.'),
  when: whenSchema
    .optional()
    .describe(
      'How earlier steps must have ended for this one to run, by their names; always: whatever came before. By default nothing that it waits for may have failed.',
    ),
  mayFail: z
    .boolean()
    .default(false)
    .describe('The failure of this step neither fails the script nor keeps later steps from running.'),
});

const headFields = {
  name: wordsWithHyphens.describe('Names the script in logs.'),
  end: endSchema.default('prompt').describe('What happens when the script has succeeded.'),
  onFailure: endSchema.default('prompt').describe('What happens when the script has failed.'),
  timeLimit: durationMs
    .optional()
    .describe('The script fails when it is not done within this time: 30s, 10m, 2h, 1d.'),
};

/** A script but for its steps, which are checked one by one, so that a wrong one does not hide what is wrong in others. */
export const scriptHeadSchema = z.strictObject({
  ...headFields,
  steps: z.array(z.unknown()).min(1, 'a script has at least one step'),
});

/** The whole format (spec R5). */
export const scriptSchema = z.strictObject({
  ...headFields,
  steps: z.array(stepSchema).min(1).describe('The steps, in order.'),
});

export type WrittenStep = z.output<typeof stepSchema>;
export type WrittenScriptHead = z.output<typeof scriptHeadSchema>;

function list(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
