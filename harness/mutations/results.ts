import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrialOutcome } from './trial.ts';

/** What the last runs have found; docs/durability.md is made of it. */
export const keptResultsPath = join(import.meta.dirname, 'results.json');

export async function readResults(): Promise<TrialOutcome[]> {
  const text = await readFile(keptResultsPath, 'utf8').catch(() => '[]');
  return JSON.parse(text) as TrialOutcome[];
}

/** New outcomes take the places of old ones. */
export function mergeResults(old: readonly TrialOutcome[], found: readonly TrialOutcome[]): TrialOutcome[] {
  const key = ({ trial, step }: TrialOutcome) => `${trial} ${step ?? ''}`;
  const merged = new Map([...old, ...found].map((outcome) => [key(outcome), outcome]));
  return [...merged.values()].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
