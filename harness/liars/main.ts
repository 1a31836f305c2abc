// `npm run liars`.
import { mkdtemp } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/index.ts';
import { printError } from '../cli/print-error.ts';
import { exitCodes } from '../exit-code.ts';
import { hostFacts } from '../host-facts.ts';
import { allLiars } from './all-liars.ts';
import { burnProcessors } from './burn-processor.ts';
import { type LiarsCommand, readCommandLine } from './command-line.ts';
import { meetLiars } from './meet-liars.ts';
import { repeatScenario } from './repeat-scenario.ts';
import { describeTallies, statement, type Tally } from './tally.ts';

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = printError(error, { json: false });
}

async function main(words: readonly string[]): Promise<number> {
  const command = await readCommandLine(words, allLiars);
  if (command === undefined) return exitCodes.passed;
  if (command.list) {
    for (const { name, blame, lie } of command.liars) process.stdout.write(`${name} (${blame}): ${lie}\n`);
    return exitCodes.passed;
  }
  const startMs = performance.now();
  const tallies = await count(command);
  process.stdout.write(describeTallies(tallies));
  if (command.out !== undefined) {
    const tookSeconds = (performance.now() - startMs) / 1000;
    await writeNumbers(command.out, words, tallies, tookSeconds);
  }
  const isTrue = tallies.every(({ falseVerdicts }) => falseVerdicts.length === 0);
  return isTrue ? exitCodes.passed : exitCodes.productFailure;
}

async function count(command: LiarsCommand): Promise<Tally[]> {
  const processors = Array.from({ length: availableParallelism() }, (_, processor) => processor);
  using _load = burnProcessors(command.load ? processors : []);
  const folder = command.evidence ?? (await mkdtemp(join(tmpdir(), 'assay-liars-')));
  say(`evidence of false verdicts: ${folder}`);
  if (command.scenario !== undefined) {
    return [await repeatScenario(command.scenario, { ...command, folder: join(folder, 'run') })];
  }
  const isRoot = process.getuid?.() === 0;
  const liars = command.liars.filter(({ needsRoot }) => isRoot || needsRoot !== true);
  for (const liar of command.liars) if (!liars.includes(liar)) say(`${liar.name} needs root, left out`);
  const ending = new AbortController();
  // The first Ctrl-C ends after the present meeting and still counts; a second one ends at once.
  process.once('SIGINT', () => ending.abort());
  return await meetLiars(liars, {
    ...command,
    folder,
    signal: ending.signal,
    onJudgement: ({ liar, seed, outcome, code, falsehood, isInconclusive, tookMs }, number, total) => {
      const verdict = isInconclusive ? 'inconclusive' : falsehood === undefined ? 'true' : 'FALSE';
      const took = `${(tookMs / 1000).toFixed(1)} s`;
      say(`${number}/${total} ${verdict}: ${liar} ${seed}: ${[outcome, code].join(' ').trim()} (${took})`);
    },
  });
}

async function writeNumbers(
  path: string,
  words: readonly string[],
  tallies: readonly Tally[],
  tookSeconds: number,
): Promise<void> {
  const results = tallies.map((tally) => ({ ...tally, statement: statement(tally) }));
  const numbers = { arguments: words, tookSeconds, host: await hostFacts(), results };
  await writeFileDurably(path, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
