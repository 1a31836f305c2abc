/**
 * The anchor that GitHub gives to a heading: lower case; of other characters than letters, digits, `_` and `-` only
 * blanks stay, as hyphens. A second heading of the same text gets `-1`, which is the caller's business.
 */
export function headingAnchor(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}
