import type { ReplayOutcome, ReplayProgress } from '../../../vm/index.ts';
import { harnessErrors } from '../../errors.ts';
import { exitCodes } from '../../exit-code.ts';
import { findRun } from '../../find-run.ts';
import { Interruption } from '../../interruption.ts';
import { type FoundRecording, findRecordings, recordingName } from '../../replay/find-recordings.ts';
import { freePort } from '../../replay/free-port.ts';
import { runReplay } from '../../replay/run-replay.ts';
import type { Command, Words } from '../command.ts';
import { flag, positiveCount, positiveNumber, text, texts } from '../option-values.ts';

/** `assay replay`: what was recorded, once more and instruction by instruction (spec H7). */
export const replay: Command = {
  usage: 'replay <run> [names..]',
  summary: 'replay what a run has recorded with --record, instruction by instruction',
  options: {
    machine: { type: 'string', requiresArg: true, describe: 'recordings of this machine only' },
    'power-on': { type: 'string', requiresArg: true, describe: 'only the first, second, … power-on' },
    until: { type: 'string', requiresArg: true, describe: 'up to this instruction, and no further' },
    debugger: {
      type: 'string',
      describe: 'wait for gdb on 127.0.0.1 at the start, or at --until; a port of your own: --debugger=1234',
    },
    'timeout-scale': {
      type: 'string',
      requiresArg: true,
      describe: 'multiply every deadline: 4 on a slow host',
    },
  },
  examples: [
    ['assay replay latest', 'everything that the newest run has recorded, and whether it is exact'],
    ['assay replay 98bc gateway-starts --machine alpha --power-on 2', 'one power-on of one machine'],
    ['assay replay latest gateway-starts --power-on 1 --debugger', 'with gdb: it says how to attach'],
    [
      'assay replay latest --power-on 1 --until 725451783 --debugger=1234',
      'gdb sees the machine at that instruction',
    ],
  ],
  async run(words) {
    const found = await findRun(text(words, 'run')!);
    if (found.isLive) throw harnessErrors.HARNESS_RUN_LIVE({ tried: 'replay it', got: found.run.runId });
    const [machine, powerOn] = [text(words, 'machine'), positiveCount(words, 'power-on')];
    const recordings = await findRecordings(found, {
      names: texts(words, 'names'),
      ...(machine === undefined ? {} : { machine }),
      ...(powerOn === undefined ? {} : { powerOn }),
    });
    const place = await placeOf(words, recordings);
    using interruption = new Interruption(() => 'The next start of assay sweeps what is left.');
    const replayed: { recording: FoundRecording; outcome: ReplayOutcome }[] = [];
    for (const recording of recordings) {
      const outcome = await runReplay(recording, {
        ...place,
        timeoutScale: positiveNumber(words, 'timeout-scale') ?? 1,
        signal: interruption.signal,
        onProgress: progressLines(recordingName(recording)),
        onDebugger: (progress, repeated) =>
          process.stderr.write(
            repeated.length > 0
              ? repeatedText(progress, repeated)
              : debuggerText(place.debuggerPort!, progress),
          ),
      });
      replayed.push({ recording, outcome });
      if (!flag(words, 'json')) process.stdout.write(`${recordingName(recording)}: ${sentence(outcome)}\n`);
      if (interruption.interrupted) break;
    }
    if (flag(words, 'json')) process.stdout.write(`${JSON.stringify(asJson(replayed), undefined, 2)}\n`);
    if (interruption.interrupted) return exitCodes.interrupted;
    return replayed.every(({ outcome }) => outcome.kind !== 'diverged')
      ? exitCodes.passed
      : exitCodes.harnessOrHost;
  },
};

/** Of several recordings there is no one place, and no one debugger. @throws HARNESS_USAGE */
async function placeOf(words: Words, recordings: readonly FoundRecording[]) {
  const untilInstruction = positiveCount(words, 'until');
  const port = words.debugger === '' ? await freePort() : positiveCount(words, 'debugger');
  if ((untilInstruction !== undefined || port !== undefined) && recordings.length > 1) {
    throw harnessErrors.HARNESS_USAGE({
      tried: `use --${port === undefined ? 'until' : 'debugger'}`,
      expected: 'one recording',
      got: recordings.map(recordingName).join('; '),
      remedy: 'name the scenario, --machine and --power-on',
    });
  }
  return {
    ...(untilInstruction === undefined ? {} : { untilInstruction }),
    ...(port === undefined ? {} : { debuggerPort: port }),
  };
}

const progressIntervalMs = 5_000;

function progressLines(name: string): (progress: ReplayProgress) => void {
  let saidAtMs = performance.now();
  return ({ instruction, consoleBytes, consoleTotalBytes }) => {
    if (performance.now() - saidAtMs < progressIntervalMs) return;
    saidAtMs = performance.now();
    process.stderr.write(
      `${name}: instruction ${instruction}, ${consoleBytes} of ${consoleTotalBytes} bytes of the console are equal\n`,
    );
  };
}

function debuggerText(port: number, { instruction }: ReplayProgress): string {
  return [
    `the machine stands before instruction ${instruction} and waits for gdb:`,
    `  gdb -ex 'set remotetimeout 60' -ex 'set architecture i386:x86-64' -ex 'target remote 127.0.0.1:${port}'`,
    '`continue` in gdb lets it go on; Ctrl-C here ends it.',
    '',
  ].join('\n');
}

/** gdb is there already: it has been told of a stop, and not of its cause. */
function repeatedText({ instruction }: ReplayProgress, repeated: readonly string[]): string {
  return `before instruction ${instruction} was done, as then: ${repeated.join(', ')}; \`continue\` in gdb goes on, perhaps not exactly\n`;
}

function sentence(outcome: ReplayOutcome): string {
  switch (outcome.kind) {
    case 'exact':
      return `exact: ${outcome.compared.join(', ')}`;
    case 'exact-so-far':
      return `exact up to instruction ${outcome.instruction}, ${outcome.consoleBytes} bytes of the console: ${outcome.because}`;
    case 'interrupted':
      return `interrupted at instruction ${outcome.instruction}`;
    case 'diverged': {
      const { what, instruction, expected, got } = outcome;
      const lines = [...(expected === undefined ? [] : [`  recorded: ${expected}`]), `  replayed: ${got}`];
      return `diverged in ${what}, by instruction ${instruction}\n${lines.join('\n')}`;
    }
  }
}

function asJson(replayed: readonly { recording: FoundRecording; outcome: ReplayOutcome }[]) {
  return { replays: replayed.map(({ recording, outcome }) => ({ ...recording, ...outcome })) };
}
