import { costliestPattern, longestLineCharacters, longestPatternCharacters } from './residue-limits.ts';

/**
 * What is wrong with a regular expression that somebody wrote for a rule: undefined when it can be used.
 *
 * JavaScript's engine goes back and tries again, so a careless expression can hang on a line that somebody made for it. It is therefore refused by its
 * structure, before any disk is read: the ways in which it can match a line of {@link longestLineCharacters} characters are counted, as if nothing
 * in the line ever ruled one out, and there may be {@link costliestPattern} of them. Repetitions in repetitions, and repeated choices, are always too
 * many; so are three repetitions without an upper bound. References back into the match are refused too.
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longestPatternCharacters) return `longer than ${longestPatternCharacters} characters`;
  try {
    new RegExp(pattern);
  } catch (error) {
    return (error as Error).message;
  }
  const ways = new PatternReader(pattern).ways();
  if (Number.isNaN(ways)) return 'refers back into its own match, which can take for ever';
  if (ways <= costliestPattern) return undefined;
  return 'could take for ever on a line made for it: begin with ^, bound repetitions (\\s{0,8} for \\s*), repeat no group that repeats or chooses';
}

/** Walks over an expression that is known to be valid. */
class PatternReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** NaN when it refers back. */
  ways(): number {
    return this.#choice(true);
  }

  /** Alternatives add up. Where one does not begin with `^`, it is tried from every character. */
  #choice(isOutermost: boolean): number {
    let sum = 0;
    do {
      const starts = isOutermost && this.#text[this.#at] !== '^' ? longestLineCharacters : 1;
      sum += starts * this.#sequence();
    } while (this.#take('|'));
    return sum;
  }

  /** What follows each other multiplies. */
  #sequence(): number {
    let product = 1;
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) {
      product *= this.#repetition(this.#atom());
    }
    return product;
  }

  #atom(): number {
    if (this.#take('(')) {
      this.#matched(/\?(?:[:=!]|<[=!]|<[^>]*>|[a-z]*-?[a-z]*:)/y);
      const ways = this.#choice(false);
      this.#take(')');
      return ways;
    }
    if (this.#matched(/\\(?:[1-9]|k<)/y) !== undefined) return Number.NaN;
    if (this.#matched(/\[(?:\\.|[^\]\\])*\]|\\./sy) === undefined) this.#at += 1;
    return 1;
  }

  #repetition(ways: number): number {
    const [least, most] = this.#bounds();
    this.#take('?');
    if (most === 0) return 1;
    const choices = most - least + 1;
    return ways === 1 ? choices : choices * ways ** most;
  }

  #bounds(): [least: number, most: number] {
    if (this.#take('*')) return [0, longestLineCharacters];
    if (this.#take('+')) return [1, longestLineCharacters];
    if (this.#take('?')) return [0, 1];
    const text = this.#matched(/\{\d+(?:,\d*)?\}/y);
    if (text === undefined) return [1, 1];
    const [least, most] = text.slice(1, -1).split(',');
    const lowest = Number(least);
    const bound = most === undefined ? lowest : most === '' ? longestLineCharacters : Number(most);
    return [Math.min(lowest, longestLineCharacters), Math.min(bound, longestLineCharacters)];
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #matched(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const [found] = sticky.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
