import {
  describeSteps,
  type JsonSchema,
  loadScript,
  type Script,
  type ScriptProblem,
  type StepDescription,
  scriptJsonSchema,
} from '../script/index.ts';
import { stepKinds } from '../script/steps/index.ts';

/** What was found in the file of a script, those that it calls included. */
export interface ScriptCheck {
  file: string;
  /** Nothing when there is something wrong in any of them. */
  script?: Script;
  problems: readonly ScriptProblem[];
}

/** Checks a script for the recovery medium with the steps that the medium has, before it goes there (spec R5). */
export async function checkScript(file: string): Promise<ScriptCheck> {
  return { file, ...(await loadScript(file, stepKinds)) };
}

/** The JSON Schema of scripts for editors, with the steps that the medium has. */
export function recoveryScriptJsonSchema(): JsonSchema {
  return scriptJsonSchema(stepKinds);
}

/** The steps that the medium has, with their options. */
export function recoverySteps(): StepDescription[] {
  return describeSteps(stepKinds);
}
