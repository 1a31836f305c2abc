/**
 * Turns the bytes of a terminal into plain text, as a stream: UTF-8 with replacement, escape sequences taken out
 * by a state machine (ECMA-48 sections 5.3 to 5.6), line ends made `\n`. Regular expressions over chunks would let
 * sequences through that are split between two chunks.
 */
export class TerminalText {
  readonly #decoder = new TextDecoder('utf-8');
  #state: State = 'text';
  #carriageReturn = false;
  /** Bytes that were no UTF-8, so far: each was replaced by U+FFFD. */
  replacedCount = 0;

  /** The plain text of the next bytes. */
  push(bytes: Uint8Array): string {
    const decoded = this.#decoder.decode(bytes, { stream: true });
    if (this.#state === 'text' && !this.#carriageReturn && !hasControl.test(decoded)) {
      this.#countReplaced(decoded);
      return decoded;
    }
    return this.#filter(decoded);
  }

  #filter(decoded: string): string {
    this.#countReplaced(decoded);
    let text = '';
    for (let index = 0; index < decoded.length; ) {
      const plainEnd = this.#state === 'text' ? endOfPlain(decoded, index) : index;
      if (plainEnd > index) {
        text += this.#endLine(true) + decoded.slice(index, plainEnd);
        index = plainEnd;
      } else {
        text += this.#next(decoded.charCodeAt(index));
        index += 1;
      }
    }
    return text;
  }

  #countReplaced(decoded: string): void {
    for (let at = decoded.indexOf('\ufffd'); at !== -1; at = decoded.indexOf('\ufffd', at + 1)) {
      this.replacedCount += 1;
    }
  }

  /** A carriage return alone starts the line over: for a reader of lines that is a new line. */
  #endLine(moreFollows: boolean): string {
    const due = this.#carriageReturn && moreFollows;
    this.#carriageReturn = false;
    return due ? '\n' : '';
  }

  #next(code: number): string {
    switch (this.#state) {
      case 'text':
        return this.#control(code);
      case 'escape':
        this.#state = afterEscape(code);
        return '';
      case 'intermediate':
        if (code < 0x20 || code > 0x2f) this.#state = 'text';
        return '';
      case 'control-sequence':
        // Parameters and intermediates are 0x20 to 0x3f; the first byte outside them is the last one.
        if (code < 0x20 || code > 0x3f) this.#state = code === 0x1b ? 'escape' : 'text';
        return '';
      case 'string':
        if (code === 0x07) this.#state = 'text';
        if (code === 0x1b) this.#state = 'string-escape';
        // A string that never ends must not swallow the rest of the console.
        if (code === 0x0a) this.#state = 'text';
        return code === 0x0a ? '\n' : '';
      case 'string-escape':
        this.#state = code === 0x5c ? 'text' : afterEscape(code);
        return '';
    }
  }

  #control(code: number): string {
    if (code === 0x0d) {
      this.#carriageReturn = true;
      return '';
    }
    if (code === 0x0a) {
      this.#carriageReturn = false;
      return '\n';
    }
    if (code === 0x1b) this.#state = 'escape';
    return '';
  }
}

type State = 'text' | 'escape' | 'intermediate' | 'control-sequence' | 'string' | 'string-escape';

/** Any C0 control but tab and line feed, and DEL. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this file is about
const hasControl = /[\x00-\x08\x0b-\x1f\x7f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this file is about
const controlOrLineFeed = /[\x00-\x08\x0a-\x1f\x7f]/g;

function endOfPlain(text: string, from: number): number {
  controlOrLineFeed.lastIndex = from;
  return controlOrLineFeed.exec(text)?.index ?? text.length;
}

function afterEscape(code: number): State {
  if (code === 0x5b) return 'control-sequence';
  // OSC, DCS, SOS, PM and APC carry a string up to BEL or ST.
  if ([0x5d, 0x50, 0x58, 0x5e, 0x5f].includes(code)) return 'string';
  if (code >= 0x20 && code <= 0x2f) return 'intermediate';
  return code === 0x1b ? 'escape' : 'text';
}
