import { harnessErrors } from '../../errors.ts';
import { findConsoles, type RunningConsole } from '../../running-consoles.ts';
import { attachTerminal } from '../attach-terminal.ts';
import type { Command } from '../command.ts';
import { flag } from '../option-values.ts';

/** `assay console`: attaches a person to the console of a running machine. */
export const consoleCommand: Command = {
  usage: 'console [machine]',
  summary: 'attach to the console of a running machine',
  options: {
    read: {
      type: 'boolean',
      describe: 'only look; nothing that is typed reaches the machine',
      default: false,
    },
  },
  examples: [
    ['assay console', 'which machines run, in all runs of this user'],
    ['assay console alpha', 'attach to alpha; Ctrl-] detaches'],
    ['assay console --read 1f3a/1/alpha', 'look at alpha of one run of several, without touching it'],
  ],
  async run(words) {
    const consoles = await findConsoles();
    const wanted = words.machine as string | undefined;
    if (wanted === undefined) {
      process.stdout.write(flag(words, 'json') ? `${JSON.stringify({ consoles })}\n` : listing(consoles));
      return 0;
    }
    await attachTerminal(chooseConsole(consoles, wanted), { readOnly: flag(words, 'read') });
    return 0;
  },
};

function listing(consoles: readonly RunningConsole[]): string {
  if (consoles.length === 0) return 'no machine is running\n';
  return consoles.map(({ name }) => `${name}\n`).join('');
}

function chooseConsole(consoles: readonly RunningConsole[], wanted: string): RunningConsole {
  const found = consoles.filter(({ name, machine }) => name === wanted || machine === wanted);
  if (found.length === 1) return found[0]!;
  throw harnessErrors.HARNESS_CONSOLE_UNKNOWN({
    tried: `attach to the console of ${wanted}`,
    expected:
      consoles.length === 0
        ? 'a machine that is running: none is'
        : consoles.map(({ name }) => name).join(', '),
    ...(found.length > 1 ? { got: `${found.length} machines of that name: say run/machine` } : {}),
  });
}
