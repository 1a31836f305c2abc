import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { knownKinds, type StepKindOptions } from './call-step.ts';
import { type ParsedScript, type ParsedStep, parseScript } from './parse-script.ts';
import type { Script, ScriptStep, StepCondition } from './script.ts';
import type { StepOutcome, WrittenScriptHead, WrittenStep } from './script-schema.ts';
import { waitOrder } from './wait-order.ts';

/** Something that is wrong in a script. */
export interface ScriptProblem {
  file: string;
  /** From 1; none when the file itself cannot be read. */
  line?: number;
  text: string;
}

/** A script, or what is wrong with it and with those that it calls. */
export type LoadedScript =
  | { script: Script; problems: readonly [] }
  | { script?: undefined; problems: readonly ScriptProblem[] };

interface Loading {
  kinds: ReadonlyMap<string, StepKindOptions>;
  problems: ScriptProblem[];
  /** By real path; undefined for what is wrong, which is said once however often it is called. */
  loaded: Map<string, Script | undefined>;
}

/** A file on the way from the first script to the one that is being loaded. */
interface Caller {
  path: string;
  realPath: string;
}

/** Loads a script with all that it calls, and finds everything that is wrong in any of them (spec R5). */
export async function loadScript(path: string, kinds: readonly StepKindOptions[]): Promise<LoadedScript> {
  const loading: Loading = { kinds: knownKinds(kinds), problems: [], loaded: new Map() };
  const script = await load(loading, path, [], (text) => loading.problems.push({ file: path, text }));
  if (script !== undefined && loading.problems.length === 0) return { script, problems: [] };
  return { problems: inOrder(loading.problems) };
}

/** Files in the order in which they were met, and lines in that of the file. */
function inOrder(problems: readonly ScriptProblem[]): ScriptProblem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return files.flatMap((name) =>
    problems.filter(({ file }) => file === name).sort((one, other) => (one.line ?? 0) - (other.line ?? 0)),
  );
}

/** @param refuse Says why the file cannot be taken at all; with the place where it is called, if it is. */
async function load(
  loading: Loading,
  path: string,
  callers: readonly Caller[],
  refuse: (problem: string) => void,
): Promise<Script | undefined> {
  const file = await readText(path);
  if ('problem' in file) {
    refuse(file.problem);
    return undefined;
  }
  const { text, realPath } = file;
  const circle = callers.findIndex((caller) => caller.realPath === realPath);
  if (circle !== -1) {
    const way = [...callers.slice(circle).map((caller) => caller.path), path].join(' > ');
    refuse(`scripts call each other in a circle: ${way}`);
    return undefined;
  }
  if (loading.loaded.has(realPath)) return loading.loaded.get(realPath);
  const parsed = parseScript(text, loading.kinds);
  loading.problems.push(...parsed.problems.map((problem) => ({ file: path, ...problem })));
  const called = new Map<ParsedStep, Script | undefined>();
  for (const step of parsed.steps) {
    if (step.call === undefined) continue;
    const { script: name, line } = step.call;
    const place = isAbsolute(name) ? name : join(dirname(path), name);
    const onProblem = (problem: string) => loading.problems.push({ file: path, line, text: problem });
    called.set(step, await load(loading, place, [...callers, { path, realPath }], onProblem));
  }
  const script = isGood(parsed) ? toScript(parsed, path, called) : undefined;
  loading.loaded.set(realPath, script);
  return script;
}

async function readText(path: string): Promise<{ text: string; realPath: string } | { problem: string }> {
  try {
    return { text: await readFile(path, 'utf8'), realPath: await realpath(path) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { problem: `there is no file ${path}` };
    return { problem: `${path} cannot be read: ${code === 'EISDIR' ? 'it is a folder' : message}` };
  }
}

interface GoodScript {
  head: WrittenScriptHead;
  steps: readonly (ParsedStep & { written: WrittenStep })[];
}

function isGood(parsed: ParsedScript): parsed is ParsedScript & GoodScript {
  return parsed.problems.length === 0;
}

function toScript(
  { head, steps }: GoodScript,
  path: string,
  called: ReadonlyMap<ParsedStep, Script | undefined>,
): Script {
  const orders = waitOrder(steps.map(({ name, written }) => ({ name, waits: written.waits })));
  return {
    name: head.name,
    path,
    folder: resolve(dirname(path)),
    end: head.end,
    onFailure: head.onFailure,
    ...(head.timeLimit !== undefined && { timeLimitMs: head.timeLimit }),
    steps: steps.map((step, index): ScriptStep => {
      const { written, options } = step;
      const script = called.get(step);
      return {
        name: written.name,
        do: written.do,
        options,
        waitsFor: orders[index]!,
        ...(written.timeLimit !== undefined && { timeLimitMs: written.timeLimit }),
        when: condition(written.when),
        mayFail: written.mayFail,
        ...(script && { called: script }),
      };
    }),
  };
}

function condition(when: WrittenStep['when']): StepCondition {
  if (when === undefined || when === 'always') return when ?? {};
  const wanted = Object.entries(when).map(([name, outcomes]): [string, StepOutcome[]] => [
    name,
    [outcomes].flat(),
  ]);
  return Object.fromEntries(wanted);
}
