import { type ConsolePiece, kernelLineSeconds } from './kernel-lines.ts';

/** How a command on a shell ended, with everything that fell between. */
export interface CommandFrame {
  output: string;
  /** Kernel messages that were printed while the command ran, without their line ends. */
  kernelMessages: string[];
  exitStatus: number;
  /** The command ended the loop's shell itself (`exit`). */
  shellEnded: boolean;
}

/**
 * Reads one command's answer out of the console: its output, what the kernel said meanwhile, and its status.
 *
 * Output that looks like a kernel line (`dmesg` prints such) is told from printk by the clock: a message of the
 * kernel cannot be older than the command. The begin frame carries the guest's uptime for that.
 */
export class CommandFrameReader {
  readonly #begin: RegExp;
  readonly #end: RegExp;
  readonly #garbled: RegExp;
  readonly #maxOutputLength: number;
  #startSeconds: number | undefined;
  #begun = false;
  #output = '';
  #scannedLength = 0;
  #kernelMessages: string[] = [];
  tooLarge = false;
  /** The length of the command as it arrived, when that is not what was typed: it was not run. */
  garbledLength: number | undefined;

  constructor(nonce: string, sequence: number, maxOutputLength: number) {
    this.#begin = new RegExp(`@${nonce}:${sequence}:b:([0-9.]*);\\n`);
    this.#end = new RegExp(`@${nonce}:${sequence}:([ex]):(\\d+);\\n`);
    this.#garbled = new RegExp(`@${nonce}:${sequence}:g:(\\d+);\\n`);
    this.#maxOutputLength = maxOutputLength;
  }

  /** What was printed so far. */
  get output(): string {
    return this.#begun ? this.#output : '';
  }

  /** The command's end has come and its beginning has not. */
  get beginIsMissing(): boolean {
    return !this.#begun && this.#end.test(this.#output);
  }

  /** Takes a piece; when the frame is complete, gives it with the text that came after it. */
  push(piece: ConsolePiece): { frame: CommandFrame; rest: string } | undefined {
    if (piece.kind === 'kernel' && !this.#isOutput(piece.text)) {
      this.#kernelMessages.push(piece.text.trimEnd());
      return undefined;
    }
    this.#output += piece.text;
    if (!this.#begun && !this.#takeBegin()) return undefined;
    return this.#takeEnd();
  }

  /** Older than the command, with a second for the two clocks of the guest to differ. */
  #isOutput(kernelLine: string): boolean {
    const seconds = kernelLineSeconds(kernelLine);
    return this.#startSeconds !== undefined && seconds !== undefined && seconds < this.#startSeconds - 1;
  }

  #takeBegin(): boolean {
    const begin = this.#begin.exec(this.#output);
    if (!begin) {
      const garbled = this.#garbled.exec(this.#output);
      if (garbled) this.garbledLength = Number(garbled[1]);
      return false;
    }
    this.#begun = true;
    this.#startSeconds = begin[1] === '' ? undefined : Number(begin[1]);
    this.#output = this.#output.slice(begin.index + begin[0].length);
    return true;
  }

  #takeEnd(): { frame: CommandFrame; rest: string } | undefined {
    // Only what is new can hold the end, and a frame that is split between two pieces.
    const from = Math.max(0, this.#scannedLength - 80);
    const end = this.#end.exec(this.#output.slice(from));
    if (!end) {
      this.#scannedLength = this.#output.length;
      this.#bound();
      return undefined;
    }
    const endIndex = from + end.index;
    return {
      frame: {
        output: this.#output.slice(0, endIndex),
        kernelMessages: this.#kernelMessages,
        exitStatus: Number(end[2]),
        shellEnded: end[1] === 'x',
      },
      rest: this.#output.slice(endIndex + end[0].length),
    };
  }

  /** What is too large is an error already; only its end is still looked for. */
  #bound(): void {
    if (this.#output.length > this.#maxOutputLength) this.tooLarge = true;
    if (!this.tooLarge) return;
    this.#output = this.#output.slice(-1000);
    this.#scannedLength = this.#output.length;
  }
}
