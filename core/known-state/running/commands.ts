import { AssayError } from '../../../foundation/index.ts';
import { runProgram } from '../../script/run-program.ts';
import { endMachine } from '../../script/steps/end-machine.ts';
import { failSystem } from './fail-system.ts';
import { readNotifySettings } from './notify-settings.ts';
import { repairPartitions } from './repair-partitions.ts';
import { openRunningSystem, type RunningSystem } from './running-system.ts';
import { describeStatus, gatherStatus } from './show-status.ts';
import { updatePartition } from './update-partition.ts';

/** Exit codes of `known-state`. */
export const commandExitCodes = { done: 0, failed: 1, usage: 2 } as const;

const usage = `known-state status [--json]              partitions, their states and reasons, the last events
known-state fail REASON                  marks the running partition Dirty and resets the machine
known-state reset                        restarts the machine in order
known-state repair [PARTITION...]        restores partitions that are broken, or those that are named
known-state update PACK [--to PARTITION] writes another version, by default to the first partition
`;

/**
 * Runs a command of `known-state`. Errors are told on standard error, with what to do.
 *
 * @param words Behind the program's name.
 * @returns The exit code.
 */
export async function runCommand(
  words: readonly string[],
  open: () => Promise<RunningSystem> = openRunningSystem,
): Promise<number> {
  const [command = '', ...rest] = words;
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  const wrong = run?.check(rest) ?? (run === undefined ? `there is no command "${command}"` : undefined);
  if (run === undefined || wrong !== undefined) {
    process.stderr.write(`known-state: ${wrong}\n\n${usage}`);
    return commandExitCodes.usage;
  }
  try {
    await run.run(await open(), rest);
    return commandExitCodes.done;
  } catch (error) {
    process.stderr.write(`known-state: ${describe(error)}\n`);
    return commandExitCodes.failed;
  }
}

interface Command {
  /** What is wrong with the words, if anything. */
  check(words: readonly string[]): string | undefined;
  run(system: RunningSystem, words: readonly string[]): Promise<void>;
}

const commands: Record<string, Command> = {
  status: {
    check: ([option, ...more]) =>
      (option === undefined || option === '--json') && more.length === 0
        ? undefined
        : 'status takes only --json',
    async run(system, [option]) {
      const status = await gatherStatus(system);
      say(option === '--json' ? `${JSON.stringify(status)}\n` : describeStatus(status, system));
    },
  },
  fail: {
    check: (words) => (words.join('').trim() === '' ? 'fail needs a reason' : undefined),
    async run(system, words) {
      const { settings } = await readNotifySettings(system.places.notifyPaths);
      await failSystem(system, words.join(' '), { settings });
    },
  },
  reset: {
    check: (words) => (words.length === 0 ? undefined : 'reset takes no words'),
    async run() {
      await endMachine('restart', {
        signal: AbortSignal.timeout(restartLimitMs),
        runProgram: async (name, programWords) =>
          await runProgram(name, programWords, { signal: AbortSignal.timeout(restartLimitMs) }),
      });
    },
  },
  repair: {
    check: (words) => words.find((word) => word.startsWith('-'))?.replace(/^/, 'repair has no option '),
    async run(system, names) {
      await repairPartitions(system, { partitions: names, log: sayLine });
    },
  },
  update: {
    check: (words) =>
      updateWords(words) === undefined ? 'update needs PACK, and takes --to PARTITION' : undefined,
    async run(system, words) {
      const { path, to } = updateWords(words)!;
      await updatePartition(system, path, { to, log: sayLine });
    },
  },
};

const restartLimitMs = 60_000;

function updateWords(words: readonly string[]): { path: string; to?: string } | undefined {
  const [path, option, to, ...more] =
    words[0] === '--to' ? [words[2], '--to', words[1], ...words.slice(3)] : words;
  if (path === undefined || path.startsWith('-') || more.length > 0) return undefined;
  if (option === undefined) return { path };
  return option === '--to' && to !== undefined ? { path, to } : undefined;
}

function say(text: string): void {
  process.stdout.write(text);
}

function sayLine(text: string): void {
  say(`${text}\n`);
}

function describe(error: unknown): string {
  if (error instanceof AssayError) return `${error.message}\n  to do:    ${error.remedy} (${error.code})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
