import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from '../../reports/index.ts';
import type { Tally } from './tally.ts';

interface Repeats {
  repeat: number;
  timeoutScale: number;
  /** The run folder. */
  folder: string;
}

interface Summary {
  scenarios: { scenarioId: string; outcome: Outcome; error?: { code: string; message: string } }[];
}

const program = join(import.meta.dirname, '../../assay');
const heldUpCodes = ['VM_MACHINE_STALLED', 'HARNESS_SCENARIO_STALLED'];

/**
 * Runs a scenario of a sound product again and again, as a user does, and counts what is not a pass: a failure blames
 * a product that did nothing wrong.
 */
export async function repeatScenario(
  name: string,
  { repeat, timeoutScale, folder }: Repeats,
): Promise<Tally> {
  const words = ['run', name, '--repeat', String(repeat), '--jobs', '1', '--plain', '--out', folder];
  const child = spawn(program, [...words, '--timeout-scale', String(timeoutScale)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(child, 'exit');
  const { scenarios } = JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')) as Summary;
  return tallyOf(name, scenarios, folder);
}

/** What is not a pass is false, but for a host that is named as the reason. */
export function tallyOf(name: string, scenarios: Summary['scenarios'], folder: string): Tally {
  const passed = scenarios.filter(({ outcome }) => outcome === 'passed');
  const inconclusive = scenarios.filter(
    ({ outcome, error }) => outcome === 'errored' && heldUpCodes.includes(error?.code ?? ''),
  );
  const others = scenarios.filter((attempt) => !passed.includes(attempt) && !inconclusive.includes(attempt));
  return {
    name,
    truth: 'passed',
    runs: scenarios.length,
    trueVerdicts: passed.length,
    inconclusive: inconclusive.length,
    falseVerdicts: others.map(({ scenarioId, outcome, error }) => ({
      falsehood: `judged ${outcome}${error ? ` (${error.code})` : ''}, and is passed`,
      folder: join(folder, 'scenarios', scenarioId),
      ...(error ? { evidence: error.message } : {}),
    })),
  };
}
