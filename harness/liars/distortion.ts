import { uptime } from 'node:os';
import { Transform } from 'node:stream';
import type { SeededNumbers } from '../faults/index.ts';

/** What happens to characters on their way; called for each byte, gives what comes out. */
export type Distortion = (byte: Buffer) => Buffer;

/** One character in `every` is lost, never a line end. */
export function losing(numbers: SeededNumbers, every: number): Distortion {
  return (byte) => (isLineEnd(byte) || numbers.below(every) > 0 ? byte : Buffer.alloc(0));
}

/** One character in `every` comes twice, never a line end. */
export function doubling(numbers: SeededNumbers, every: number): Distortion {
  return (byte) => (isLineEnd(byte) || numbers.below(every) > 0 ? byte : Buffer.concat([byte, byte]));
}

/** The kernel prints a line of its log before one character in `every`, wherever that is. */
export function withKernelLines(numbers: SeededNumbers, every: number): Distortion {
  return (byte) => {
    if (numbers.below(every) > 0) return byte;
    // A message that were older than the command would be its output: `dmesg`.
    const line = `[${uptime().toFixed(6).padStart(12)}] usb 1-${numbers.below(9)}: new device, ASSAY READY? login: # `;
    return Buffer.concat([Buffer.from(`${line}\r\n`), byte]);
  };
}

/** A stream that distorts what goes through it. */
export function distorting(distortion: Distortion | undefined): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, distortion ? Buffer.concat([...chunk].map((byte) => distortion(Buffer.of(byte)))) : chunk);
    },
  });
}

function isLineEnd(byte: Buffer): boolean {
  return byte[0] === 0x0a || byte[0] === 0x0d;
}
