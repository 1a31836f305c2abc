import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { Deadline } from '../foundation/index.ts';
import type { QmpClient } from './qmp-client.ts';

/** QEMU's debugger stub while somebody is connected to it (GDB manual, appendix E); the machine stands still meanwhile. */
export class DebuggerStub {
  readonly #socket: Socket;
  readonly #deadline: Deadline;

  constructor(socket: Socket, deadline: Deadline) {
    this.#socket = socket;
    this.#deadline = deadline;
  }

  /** Sends a command and gives the body of the packet that answers it; others that come before are passed over. */
  async ask(command: string, answer: RegExp): Promise<string> {
    this.#socket.write(packet(command));
    return await this.#deadline.race(
      answered(this.#socket, answer),
      `have QEMU's debugger stub do ${command}`,
    );
  }

  /** Lets the machine go on, for so long at least, and stops it again. */
  async goOn(stopAfter: Promise<unknown>): Promise<void> {
    const stopped = answered(this.#socket, /^T/);
    this.#socket.write(packet('c'));
    await stopAfter;
    this.#socket.write('\x03');
    await this.#deadline.race(stopped, "have QEMU's debugger stub stop the machine");
  }
}

/**
 * Stops a machine in QEMU's debugger stub, does something there, and lets it go on. Nothing listens any more afterwards.
 *
 * @param socketPath A path for the stub's socket; nothing is left there.
 * @throws VM_QMP_FAILED, VM_QMP_TIMEOUT, VM_MACHINE_OFF, FOUNDATION_DEADLINE_EXCEEDED. The machine runs on.
 */
export async function inDebugger<Result>(
  qmp: QmpClient,
  socketPath: string,
  limitMs: number,
  action: (stub: DebuggerStub) => Promise<Result>,
): Promise<Result> {
  await qmp.monitor(`gdbserver unix:${socketPath},server=on,wait=off`);
  const deadline = Deadline.after(limitMs);
  const socket = connect(socketPath);
  // What breaks it is heard by who waits for an answer; an error without a listener would end the runner.
  socket.on('error', () => undefined);
  try {
    await deadline.race(once(socket, 'connect'), 'connect to the debugger stub of QEMU');
    const stub = new DebuggerStub(socket, deadline);
    const result = await action(stub);
    await stub.ask('D', /^OK/);
    return result;
  } finally {
    socket.destroy();
    await qmp.monitor('gdbserver none');
    await rm(socketPath, { force: true });
    // Also the order of events: what the stub reported has come before this is answered.
    const after = await qmp.execute<{ status: string }>('query-status');
    if (after.status === 'paused' || after.status === 'debug') await qmp.execute('cont');
  }
}

/** `$command#checksum`, the sum of its bytes modulo 256. */
function packet(command: string): string {
  const sum = Buffer.from(command).reduce((total, byte) => total + byte, 0) & 0xff;
  return `$${command}#${sum.toString(16).padStart(2, '0')}`;
}

/** Acknowledges packets until the expected one; a stop that QEMU announces in between is not an answer. */
async function answered(socket: Socket, expected: RegExp): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = '';
  const receive = (bytes: Buffer) => {
    received += bytes.toString('latin1');
    for (const [whole, body] of received.matchAll(/\$([^#]*)#[0-9a-f]{2}/g)) {
      received = received.slice(received.indexOf(whole) + whole.length);
      socket.write('+');
      if (expected.test(body!)) resolve(body!);
    }
  };
  const close = () => reject(new Error('the debugger stub closed the connection'));
  socket.on('data', receive);
  socket.once('close', close);
  try {
    return await promise;
  } finally {
    socket.off('data', receive);
    socket.off('close', close);
  }
}
