/** A piece of console text: what programs printed, or one whole line of the kernel's log. */
export interface ConsolePiece {
  kind: 'program' | 'kernel';
  text: string;
}

/**
 * Separates kernel messages from what programs print, as a stream. printk writes a line in one go, but wherever a
 * program happens to be: `Please enter pas[    2.948528] scsi 0:0:0:0: …⏎sphrase`. What is left after taking such
 * lines out is what the program meant.
 *
 * A text that may become a kernel line is held back until the next character decides; the pieces, joined, are the
 * input, always.
 */
export class KernelLineSplitter {
  #held = '';

  push(text: string): ConsolePiece[] {
    const pieces: ConsolePiece[] = [];
    let rest = this.#held + text;
    this.#held = '';
    while (rest !== '') {
      const start = startOfKernelLine(rest);
      if (start === -1) {
        pieces.push({ kind: 'program', text: rest });
        break;
      }
      if (start > 0) pieces.push({ kind: 'program', text: rest.slice(0, start) });
      const end = rest.indexOf('\n', start);
      if (end === -1) {
        this.#held = rest.slice(start);
        break;
      }
      pieces.push({ kind: 'kernel', text: rest.slice(start, end + 1) });
      rest = rest.slice(end + 1);
    }
    return this.#bounded(pieces);
  }

  /** What is held back: the beginning of a kernel line, or what may become one. */
  get held(): string {
    return this.#held;
  }

  /** The kernel's lines are below 1 KiB (LOG_LINE_MAX); a longer one without an end is no line of the kernel. */
  #bounded(pieces: ConsolePiece[]): ConsolePiece[] {
    if (this.#held.length > maxKernelLineLength) {
      pieces.push({ kind: 'program', text: this.#held });
      this.#held = '';
    }
    return pieces;
  }
}

const maxKernelLineLength = 2048;

/** `[    2.948528] `, with the caller (`[   T12]`) that some kernels add. */
const kernelPrefix = /\[ {0,8}\d{1,8}\.\d{6}\](?:\[ *[TC]\d+\])? /y;
/** Any beginning of the above that goes to the end of the text. */
const partialKernelPrefix =
  /\[(?: {0,8}(?:\d{1,8}(?:\.(?:\d{0,5}|\d{6}(?:\](?:\[ *(?:[TC]\d*\]?)?)?)?)?)?)?)?$/y;

function startOfKernelLine(text: string): number {
  for (let at = text.indexOf('['); at !== -1; at = text.indexOf('[', at + 1)) {
    kernelPrefix.lastIndex = at;
    partialKernelPrefix.lastIndex = at;
    if (kernelPrefix.test(text) || partialKernelPrefix.test(text)) return at;
  }
  return -1;
}

/** Seconds since the guest's boot that a kernel line carries, or undefined. */
export function kernelLineSeconds(line: string): number | undefined {
  const stamp = /^\[ *(\d+\.\d{6})\]/.exec(line);
  return stamp ? Number(stamp[1]) : undefined;
}
