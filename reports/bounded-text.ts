/**
 * Cuts a string to at most `maxLength` UTF-16 units, keeping its beginning and its end with a mark between them
 * that says how much is missing, and replaces lone surrogates by U+FFFD, so that what is written is valid UTF-8.
 * A guest's console can put 50 MB into an error message; cutting twice changes nothing the second time.
 */
export function boundText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text.toWellFormed();
  const mark = `\u2026[${text.length - maxLength} characters and this mark cut]\u2026`;
  const keptLength = Math.max(0, maxLength - mark.length);
  const headLength = Math.ceil((keptLength * 2) / 3);
  const tailStart = text.length - (keptLength - headLength);
  return `${text.slice(0, headLength)}${mark}${text.slice(tailStart)}`.slice(0, maxLength).toWellFormed();
}
