/** Something that the guest's kernel says and that no test should have to look for. */
export interface ConsoleSign {
  kind: 'panic' | 'boot' | 'trouble';
  line: string;
}

const signs: readonly { kind: ConsoleSign['kind']; pattern: RegExp }[] = [
  { kind: 'panic', pattern: /Kernel panic - not syncing/ },
  { kind: 'boot', pattern: /^\[ *0\.000000\].*Linux version \d/ },
  {
    kind: 'trouble',
    pattern: /BUG: |Oops: |Out of memory: Killed|blocked for more than \d+ seconds|soft lockup/,
  },
  { kind: 'trouble', pattern: /I\/O error, dev |EXT4-fs error|Buffer I\/O error/ },
];

/**
 * Looks at every line of a console as it ends, whoever waits for what: a panic ends all waits, a restart makes the
 * shell's loop void (prior art: LAVA, kola).
 */
export class ConsoleWatch {
  readonly #onSign: (sign: ConsoleSign) => void;
  #line = '';

  constructor(onSign: (sign: ConsoleSign) => void) {
    this.#onSign = onSign;
  }

  push(text: string): void {
    if (!text.includes('\n')) {
      this.#line = (this.#line + text).slice(0, maxLineLength);
      return;
    }
    // Kernel signs are rare and their lines short: one test over a whole chunk tells that there is none.
    const chunk = this.#line + text;
    const end = chunk.lastIndexOf('\n');
    this.#line = chunk.slice(end + 1).slice(0, maxLineLength);
    const complete = chunk.slice(0, end);
    if (anySign.test(complete)) this.#report(complete);
  }

  #report(text: string): void {
    for (const line of text.split('\n')) {
      const sign = signs.find(({ pattern }) => pattern.test(line));
      if (sign) this.#onSign({ kind: sign.kind, line: line.slice(0, maxLineLength) });
    }
  }
}

const maxLineLength = 1024;
const anySign = new RegExp(signs.map(({ pattern }) => pattern.source).join('|'), 'm');
