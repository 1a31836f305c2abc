import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { Deadline } from '../foundation/index.ts';
import type { QmpClient } from './qmp-client.ts';

const limitMs = 2_000;

/**
 * Makes QEMU's emulator (TCG) forget all code that it has translated. A guest that restarts writes its new kernel
 * over the old one, and TCG then takes the old translation apart write by write: with Debian 12's QEMU 7.2 a kernel
 * needs 5.5 s from reset to its first program, 1.7 s when the translations are gone. QEMU drops them when its
 * debugger stub reports a single step, so one instruction is stepped: a few milliseconds, after which the guest runs
 * on and nothing listens any more. A machine that is paused is left alone.
 *
 * @param socketPath A path for the stub's socket; nothing is left there.
 * @throws VM_QMP_FAILED, VM_QMP_TIMEOUT, VM_MACHINE_OFF, FOUNDATION_DEADLINE_EXCEEDED. The machine runs on.
 */
export async function forgetTranslatedCode(qmp: QmpClient, socketPath: string): Promise<void> {
  const { status } = await qmp.execute<{ status: string }>('query-status');
  if (status !== 'running') return;
  await qmp.monitor(`gdbserver unix:${socketPath},server=on,wait=off`);
  try {
    await stepOnce(socketPath);
  } finally {
    await qmp.monitor('gdbserver none');
    await rm(socketPath, { force: true });
    // Also the order of events: what the step reported has come before this is answered.
    const after = await qmp.execute<{ status: string }>('query-status');
    if (after.status === 'paused' || after.status === 'debug') await qmp.execute('cont');
  }
}

/** One step over GDB's remote protocol (GDB manual, appendix E): stop by connecting, step, detach. */
async function stepOnce(socketPath: string): Promise<void> {
  const deadline = Deadline.after(limitMs);
  const socket = connect(socketPath);
  try {
    await deadline.race(once(socket, 'connect'), 'connect to the debugger stub of QEMU');
    // Interrupts stay on during the step: a guest that sleeps in HLT would never end it otherwise.
    for (const [command, answer] of [
      ['Qqemu.sstep=0x1', /^OK/],
      ['s', /^T05/],
      ['D', /^OK/],
    ] as const) {
      socket.write(packet(command));
      await deadline.race(answered(socket, answer), `have QEMU's debugger stub do ${command}`);
    }
  } finally {
    socket.destroy();
  }
}

/** `$command#checksum`, the sum of its bytes modulo 256. */
function packet(command: string): string {
  const sum = Buffer.from(command).reduce((total, byte) => total + byte, 0) & 0xff;
  return `$${command}#${sum.toString(16).padStart(2, '0')}`;
}

/** Acknowledges packets until the expected one; a stop that QEMU announces in between is not an answer. */
async function answered(socket: Socket, expected: RegExp): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let received = '';
  const receive = (bytes: Buffer) => {
    received += bytes.toString('latin1');
    for (const [whole, body] of received.matchAll(/\$([^#]*)#[0-9a-f]{2}/g)) {
      received = received.slice(received.indexOf(whole) + whole.length);
      socket.write('+');
      if (expected.test(body!)) resolve();
    }
  };
  socket.on('data', receive);
  socket.once('close', () => reject(new Error('the debugger stub closed the connection')));
  try {
    await promise;
  } finally {
    socket.off('data', receive);
  }
}
