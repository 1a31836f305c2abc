/** Control characters, marks that turn the direction of text, unpaired surrogates, line and paragraph separators. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** One line that a terminal shows as it is, of at most so many characters; what does not print stands as `\u{1b}`. */
export function printable(text: string, longest: number): string {
  const escaped = text.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return escaped.length <= longest ? escaped : `${escaped.slice(0, longest - 1).toWellFormed()}…`;
}
