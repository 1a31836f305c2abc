import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { AssayError, parseConfig } from '../../foundation/index.ts';
import { callStep, type StepKindOptions } from './call-step.ts';
import { checkSteps, type DraftStep } from './check-steps.ts';
import { scriptHeadSchema, stepSchema, type WrittenScriptHead, type WrittenStep } from './script-schema.ts';
import { parseYaml, type YamlProblem } from './yaml-source.ts';

/** One script's text, as far as it can be understood, and all that is wrong with it. */
export interface ParsedScript {
  head?: WrittenScriptHead;
  steps: readonly ParsedStep[];
  problems: readonly YamlProblem[];
}

export interface ParsedStep extends DraftStep {
  /** What its kind makes of `with`; nothing when that is wrong. */
  options?: unknown;
  /** The file that it calls, as it is written, and where. */
  call?: { script: string; line: number };
}

type LineOf = (path: readonly PropertyKey[]) => number;

/** Parses and checks the text of one script, without the scripts that it calls. Pure; never throws for a wrong text. */
export function parseScript(text: string, kinds: ReadonlyMap<string, StepKindOptions>): ParsedScript {
  const { value, lineOf, problems: wrongYaml } = parseYaml(text);
  if (wrongYaml.length > 0) return { steps: [], problems: wrongYaml };
  const { data: head, problems } = checkPart(scriptHeadSchema, value, lineOf);
  const steps = rawSteps(value).map((raw, index) => {
    const from = (path: readonly PropertyKey[]) => lineOf(['steps', index, ...path]);
    const { problems: wrong, ...step } = parseStep(raw, kinds, from);
    problems.push(...wrong);
    return step;
  });
  for (const { index, path, text } of checkSteps(steps)) {
    problems.push({ line: lineOf(['steps', index, ...path]), text });
  }
  problems.sort((one, other) => one.line - other.line);
  return { ...(head && { head }), steps, problems };
}

function parseStep(
  raw: unknown,
  kinds: ReadonlyMap<string, StepKindOptions>,
  lineOf: LineOf,
): ParsedStep & { problems: YamlProblem[] } {
  const { data: written, problems } = checkPart(stepSchema, raw, lineOf);
  const loose = (isObject(raw) ? raw : {}) as Partial<Record<keyof WrittenStep, unknown>>;
  const step: ParsedStep & { problems: YamlProblem[] } = {
    name: typeof loose.name === 'string' ? loose.name : '',
    problems,
    ...(written && { written }),
  };
  if (typeof loose.do !== 'string') return step;
  const kind = kinds.get(loose.do);
  if (kind === undefined) {
    const nearest = closest(loose.do, [...kinds.keys()]);
    const text = `do: there is no kind of step "${loose.do}", did you mean "${nearest}"?`;
    problems.push({ line: lineOf(['do']), text });
    return step;
  }
  // What is no mapping was refused with the step itself.
  if (loose.with !== undefined && !isObject(loose.with)) return step;
  // Checked in its place, so that problems are named `with.disks` and not `disks`.
  const whole = z.object({ with: kind.options });
  const { data, problems: wrongOptions } = checkPart(whole, { with: loose.with ?? {} }, lineOf);
  problems.push(...wrongOptions);
  if (data === undefined) return step;
  step.options = data.with;
  if (kind === callStep) {
    const { script } = data.with as z.output<typeof callStep.options>;
    step.call = { script, line: lineOf(['with', 'script']) };
  }
  return step;
}

/** A part of the text against its schema; every problem apart, with its line. */
function checkPart<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  lineOf: LineOf,
): { data?: z.output<Schema>; problems: YamlProblem[] } {
  try {
    // The problems come joined into one text. Each begins with the place that is given here, so a line feed tells where.
    const data = parseConfig(schema, value, 'script', (path) => `\n${lineOf(path)}`);
    return { data, problems: [] };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    const sentences = (error.facts.got ?? '').split(/(?:^|; )\n(?=\d+[,:] )/).filter(Boolean);
    const problems = sentences.map((sentence) => {
      const [, line, text] = /^(\d+)[,:] (.*)$/s.exec(sentence)!;
      return { line: Number(line), text: text! };
    });
    return { problems };
  }
}

function rawSteps(value: unknown): unknown[] {
  return isObject(value) && Array.isArray(value.steps) ? value.steps : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
