import { connect, type Socket } from 'node:net';
import { harnessErrors } from '../../errors.ts';
import { findConsoles, type RunningConsole } from '../../running-consoles.ts';
import type { Command } from '../command.ts';
import { flag } from '../option-values.ts';

/** Ctrl-], as telnet and virsh have it. */
const detachByte = 0x1d;

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
    await attach(chooseConsole(consoles, wanted), flag(words, 'read'));
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

async function attach(console: RunningConsole, readOnly: boolean): Promise<void> {
  const socket = connect(console.socketPath);
  const input = process.stdin;
  process.stderr.write(`attached to ${console.name}; Ctrl-] detaches\r\n`);
  socket.on('data', (bytes) => process.stdout.write(bytes));
  if (input.isTTY) input.setRawMode(true);
  input.on('data', (bytes: Buffer) => onTyped(socket, bytes, readOnly));
  try {
    await new Promise<void>((resolve, reject) => socket.once('close', resolve).once('error', reject));
  } finally {
    if (input.isTTY) input.setRawMode(false);
    input.pause();
    process.stderr.write(`\r\ndetached from ${console.name}\r\n`);
  }
}

function onTyped(socket: Socket, bytes: Buffer, readOnly: boolean): void {
  const end = bytes.indexOf(detachByte);
  if (!readOnly) socket.write(end === -1 ? bytes : bytes.subarray(0, end));
  if (end !== -1) socket.end(() => socket.destroy());
}
