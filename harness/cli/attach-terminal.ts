import { connect, type Socket } from 'node:net';
import type { RunningConsole } from '../running-consoles.ts';

/** Ctrl-], as telnet and virsh have it. */
const detachByte = 0x1d;

/**
 * Puts a machine's console on the terminal of the user until Ctrl-], or until the machine is gone.
 *
 * @throws what the socket says, where nobody listens.
 */
export async function attachTerminal(
  console: Pick<RunningConsole, 'name' | 'socketPath'>,
  { readOnly = false } = {},
): Promise<void> {
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
