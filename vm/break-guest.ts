import { setTimeout as delay } from 'node:timers/promises';
import { type DebuggerStub, inDebugger } from './debugger-stub.ts';
import type { QmpClient } from './qmp-client.ts';

/** Registers of an x86-64 processor by their numbers in GDB's protocol (gdb, features/i386/64bit-core.xml). */
const registers = { stackPointer: 0x07, instructionPointer: 0x10, flags: 0x11, codeSegment: 0x12 };

const interruptFlag = 0x200n;
const limitMs = 10_000;
const pauseMs = 20;

/**
 * `hang`: every processor goes round in circles with interrupts off; the devices, a watchdog among them, go on.
 * `panic`: the kernel loses its stack, which it finds out at its next step: a double fault, and a panic after it.
 */
export type BrokenGuest = 'hang' | 'panic';

/**
 * Breaks what runs in a machine, in its memory and registers only: a reset takes it away.
 *
 * @param socketPath A path for the socket of QEMU's debugger stub; nothing is left there.
 * @returns a sentence on what was changed.
 * @throws as {@link inDebugger}; FOUNDATION_DEADLINE_EXCEEDED, too, when the kernel does not run for ten seconds.
 */
export async function breakGuest(qmp: QmpClient, socketPath: string, how: BrokenGuest): Promise<string> {
  return await inDebugger(qmp, socketPath, limitMs, async (stub) => {
    // QEMU gives single registers only to whoever has asked which there are.
    await stub.ask('qXfer:features:read:target.xml:0,400', /^[lm]/);
    return await (how === 'hang' ? hang(stub) : loseStack(stub));
  });
}

async function hang(stub: DebuggerStub): Promise<string> {
  const places: string[] = [];
  for (const processor of await processors(stub)) {
    await stub.ask(`Hg${processor}`, /^OK/);
    const at = await register(stub, registers.instructionPointer);
    const flags = await register(stub, registers.flags);
    // EB FE is a jump to itself.
    await stub.ask(`M${at.toString(16)},2:ebfe`, /^OK/);
    await setRegister(stub, registers.flags, flags & ~interruptFlag, 4);
    places.push(`0x${at.toString(16)}`);
  }
  return `a jump to itself was written at ${places.join(' and ')}, and interrupts were switched off`;
}

async function loseStack(stub: DebuggerStub): Promise<string> {
  const [processor = '1'] = await processors(stub);
  await stub.ask(`Hg${processor}`, /^OK/);
  // A program that loses its stack only loses itself: it has to be the kernel that is running.
  while (((await register(stub, registers.codeSegment)) & 3n) !== 0n) await stub.goOn(delay(pauseMs));
  const before = await register(stub, registers.stackPointer);
  await setRegister(stub, registers.stackPointer, 0n, 8);
  return `the kernel's stack pointer was 0x${before.toString(16)} and is 0`;
}

async function processors(stub: DebuggerStub): Promise<string[]> {
  const found: string[] = [];
  let answer = await stub.ask('qfThreadInfo', /^[ml]/);
  while (answer.startsWith('m')) {
    found.push(...answer.slice(1).split(','));
    answer = await stub.ask('qsThreadInfo', /^[ml]/);
  }
  return found;
}

/** What a register holds; the protocol has the bytes in the order of the processor. */
async function register(stub: DebuggerStub, number: number): Promise<bigint> {
  const hex = await stub.ask(`p${number.toString(16)}`, /^([0-9a-f]{2})+$/);
  return BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`);
}

async function setRegister(stub: DebuggerStub, number: number, value: bigint, bytes: number): Promise<void> {
  const hex = Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex')
    .reverse()
    .toString('hex');
  await stub.ask(`P${number.toString(16)}=${hex}`, /^OK/);
}
