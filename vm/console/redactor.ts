/** What stands where a secret stood. */
export const redactionMark = '********';

/**
 * Takes secrets out of a stream of text before it is recorded, also where one is split between two chunks.
 * Nothing is held back for longer than it takes to see that it is no secret.
 */
export class Redactor {
  #secrets: string[] = [];
  #held = '';

  /** From now on `secret` is replaced wherever it appears. */
  add(secret: string): void {
    if (secret === '' || this.#secrets.includes(secret)) return;
    this.#secrets.push(secret);
    this.#secrets.sort((left, right) => right.length - left.length);
  }

  get active(): boolean {
    return this.#secrets.length > 0;
  }

  /** A whole text, without its secrets. */
  clean(text: string): string {
    return this.#secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, redactionMark), text);
  }

  /** The next chunk of a stream; the beginning of what may be a secret waits for the chunk after it. */
  push(chunk: string): string {
    if (!this.active) return chunk;
    const text = this.clean(this.#held + chunk);
    const heldLength = this.#lengthOfPartialSecret(text);
    this.#held = heldLength === 0 ? '' : text.slice(-heldLength);
    return heldLength === 0 ? text : text.slice(0, -heldLength);
  }

  /** What is still held back, at the end of the stream. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #lengthOfPartialSecret(text: string): number {
    const longest = this.#secrets.map((secret) => {
      for (let length = Math.min(secret.length - 1, text.length); length > 0; length -= 1) {
        if (text.endsWith(secret.slice(0, length))) return length;
      }
      return 0;
    });
    return Math.max(0, ...longest);
  }
}
