import type { ConsolePiece } from './kernel-lines.ts';

/** How a text was found: in what programs printed, or with kernel lines among it. */
export type ConsoleView = 'program' | 'raw';

/** A place in a view; `text` is what was matched. */
export interface WindowMatch {
  view: ConsoleView;
  /** Where the match starts in its view: tells which of several patterns came first. */
  index: number;
  text: string;
  groups: readonly (string | undefined)[];
  /** What the view held between the last match and this one. */
  before: string;
}

/** A text to find literally, or a regular expression. */
export type ConsolePattern = string | RegExp;

interface KernelSpan {
  /** Offset in the raw stream, counted from its beginning. */
  rawAt: number;
  length: number;
}

/**
 * The part of a console that is still to be matched, in two views: what programs printed, and everything. A match
 * in one view is consumed in both. Bounded: a flood pushes out what is oldest (design 11).
 */
export class ConsoleWindow {
  readonly #maxLength: number;
  #raw = '';
  #rawAt = 0;
  #program = '';
  #programAt = 0;
  #spans: KernelSpan[] = [];
  /** Length of all kernel lines before the first span that is kept. */
  #droppedKernelLength = 0;
  #classifiedRawAt = 0;

  constructor(maxLength = 256 * 1024) {
    this.#maxLength = maxLength;
  }

  /** Adds pieces; `held` is the end of the stream that nobody can tell yet what it is. */
  push(pieces: readonly ConsolePiece[], held: string): void {
    this.#raw = this.#raw.slice(0, Math.max(0, this.#classifiedRawAt - this.#rawAt));
    for (const piece of pieces) this.#add(piece);
    const heldFrom = Math.max(0, this.#rawAt - this.#classifiedRawAt);
    this.#raw += held.slice(heldFrom);
    if (this.#raw.length > 2 * this.#maxLength)
      this.#consumeTo(this.#rawAt + this.#raw.length - this.#maxLength);
  }

  /** Finds a pattern, in the programs' view first, and leaves it where it is. */
  find(pattern: ConsolePattern): WindowMatch | undefined {
    return findIn(this.#program, 'program', pattern) ?? findIn(this.#raw, 'raw', pattern);
  }

  /** Takes a match and all before it out of both views. */
  consume(match: WindowMatch): void {
    const end = match.index + match.text.length;
    this.#consumeTo(match.view === 'raw' ? this.#rawAt + end : this.#rawOfProgram(this.#programAt + end));
  }

  /** Everything that was not consumed, raw. */
  get pending(): string {
    return this.#raw;
  }

  #add(piece: ConsolePiece): void {
    const at = this.#classifiedRawAt;
    this.#classifiedRawAt += piece.text.length;
    // A raw match may have consumed this text before anybody could tell what it was.
    const consumed = Math.min(piece.text.length, Math.max(0, this.#rawAt - at));
    const rest = piece.text.slice(consumed);
    this.#raw += rest;
    if (piece.kind === 'program') {
      if (consumed > 0) this.#programAt += consumed;
      this.#program += rest;
    } else {
      this.#spans.push({ rawAt: at, length: piece.text.length });
    }
  }

  #consumeTo(wantedRawEnd: number): void {
    const rawEnd = Math.max(wantedRawEnd, this.#rawAt);
    const programEnd = Math.min(this.#programOfRaw(rawEnd), this.#programAt + this.#program.length);
    this.#program = this.#program.slice(Math.max(0, programEnd - this.#programAt));
    this.#programAt = Math.max(this.#programAt, programEnd);
    this.#raw = this.#raw.slice(rawEnd - this.#rawAt);
    this.#rawAt = rawEnd;
    while (this.#spans.length > 0 && this.#spans[0]!.rawAt + this.#spans[0]!.length <= rawEnd) {
      this.#droppedKernelLength += this.#spans.shift()!.length;
    }
  }

  #rawOfProgram(programOffset: number): number {
    let raw = programOffset + this.#droppedKernelLength;
    for (const span of this.#spans) {
      if (span.rawAt >= raw) break;
      raw += span.length;
    }
    return raw;
  }

  #programOfRaw(rawOffset: number): number {
    const kernelLength = this.#spans.reduce(
      (sum, span) => sum + Math.min(span.length, Math.max(0, rawOffset - span.rawAt)),
      this.#droppedKernelLength,
    );
    return rawOffset - kernelLength;
  }
}

function findIn(text: string, view: ConsoleView, pattern: ConsolePattern): WindowMatch | undefined {
  if (typeof pattern === 'string') {
    const index = text.indexOf(pattern);
    return index === -1
      ? undefined
      : { view, index, text: pattern, groups: [], before: text.slice(0, index) };
  }
  const found = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).exec(text);
  if (!found) return undefined;
  return {
    view,
    index: found.index,
    text: found[0],
    groups: found.slice(1),
    before: text.slice(0, found.index),
  };
}
