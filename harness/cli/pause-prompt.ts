import { once } from 'node:events';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import PQueue from 'p-queue';
import { printableLine, printableText } from '../../reports/index.ts';
import { harnessErrors } from '../errors.ts';
import type { PausedMachine, PausedScenario, PauseListener } from '../pause-at-failure.ts';
import type { Progress } from './progress.ts';

/**
 * --pause-on-failure needs somebody to press Enter.
 *
 * @throws HARNESS_USAGE when stdin is no terminal, or its keys are taken by --watch.
 */
export function refuseWithoutPerson(isWatching: boolean): void {
  const tried = 'pause at failures';
  if (isWatching) {
    throw harnessErrors.HARNESS_USAGE({
      tried,
      got: '--watch, which takes the keys for itself',
      remedy: 'leave out one of --watch and --pause-on-failure',
    });
  }
  if (process.stdin.isTTY) return;
  throw harnessErrors.HARNESS_USAGE({
    tried,
    expected: 'a terminal on stdin: somebody has to press Enter',
    got: 'stdin is no terminal',
    remedy: 'run it in a terminal, or leave out --pause-on-failure; failed scenarios keep their disks anyway',
  });
}

/** Tells on stderr what can be looked at, and waits for Enter. Of several paused scenarios one is told of at a time. */
export function pausePrompt(progress: Pick<Progress, 'hold'>): PauseListener {
  const turns = new PQueue({ concurrency: 1 });
  return async (paused, signal) => {
    await turns.add(async () => {
      if (signal.aborted) return;
      using _hold = progress.hold();
      process.stderr.write(`${pauseText(paused).join('\n')}\n`);
      await enterPressed(signal);
    });
  };
}

function pauseText({ name, error, evidenceFolder, machines }: PausedScenario): string[] {
  const { source } = error;
  return [
    '',
    `PAUSED at the failure of ${name}`,
    `  ${printableLine(`${error.code}: ${error.message}`)}`,
    ...(source === undefined ? [] : sourceText(source)),
    ...machines.flatMap(machineText),
    ...(machines.length === 0 ? ['  it has no machines'] : []),
    `  evidence:  ${relative(process.cwd(), evidenceFolder)}`,
    ...(machines.some(({ isOn }) => isOn)
      ? ['  In a second terminal: Return gives the shell of the machine, Ctrl-] detaches.']
      : []),
    '  Enter cleans up and goes on; Ctrl-C ends the run.',
  ];
}

function sourceText({ file, line, excerpt }: NonNullable<PausedScenario['error']['source']>): string[] {
  const lines = printableText(excerpt).split('\n');
  return [`  ${printableLine(file)}:${line}`, ...lines.map((text) => `    ${text}`)];
}

function machineText({ name, isOn, console, logPath, disks }: PausedMachine): string[] {
  return [
    isOn ? `  machine ${name} is on:  assay console ${console}` : `  machine ${name} is off`,
    `    log:     ${relative(process.cwd(), logPath)}`,
    ...disks.map((disk) => `    disk:    ${disk.name}: ${relative(process.cwd(), disk.path)}`),
  ];
}

/** Also the end of the input, and an interruption, end the wait. */
async function enterPressed(signal: AbortSignal): Promise<void> {
  // Not as an editor of lines: that would take Ctrl-C for itself.
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    await Promise.race([once(lines, 'line', { signal }), once(lines, 'close', { signal })]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    lines.close();
  }
}
