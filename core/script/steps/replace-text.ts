import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { scriptErrors } from '../errors.ts';

export const replacementSchema = z
  .strictObject({
    text: z.string().min(1).optional().describe('What is looked for, as it is.'),
    pattern: z
      .string()
      .min(1)
      .optional()
      .describe('What is looked for, a regular expression; ^ and $ are ends of lines.'),
    with: z.string().describe('What comes in its place; behind a pattern $1 is its first group.'),
    count: z.int().min(1).default(1).describe('How often it must be found.'),
  })
  .refine(
    ({ text, pattern }) => (text === undefined) !== (pattern === undefined),
    'write either text or pattern',
  )
  .refine(({ pattern }) => pattern === undefined || isPattern(pattern), {
    path: ['pattern'],
    message: 'this is no regular expression',
  });

export type Replacement = z.output<typeof replacementSchema>;

/**
 * What a text file is after the replacements, one after the other; the file is only read.
 *
 * @throws SCRIPT_PATCH_DOES_NOT_FIT when something is not found as often as it should be, or the file is no UTF-8.
 */
export async function replaceText(
  path: string,
  words: string,
  replacements: readonly Replacement[],
): Promise<Buffer> {
  let content = decode(await readFile(path), words);
  for (const { text, pattern, with: replacement, count } of replacements) {
    const wanted = new RegExp(pattern ?? '', 'gm');
    const found = text === undefined ? (content.match(wanted)?.length ?? 0) : content.split(text).length - 1;
    if (found !== count) {
      throw scriptErrors.SCRIPT_PATCH_DOES_NOT_FIT({
        tried: `replace ${JSON.stringify(text ?? pattern)}`,
        where: words,
        expected: times(count),
        got: times(found),
      });
    }
    // What comes in the place of a text is taken as it is, with every `$`.
    content =
      text === undefined ? content.replace(wanted, replacement) : content.replaceAll(text, () => replacement);
  }
  return Buffer.from(content);
}

/** The mark that some editors put at the beginning stays. */
function decode(bytes: Buffer, words: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const facts = { tried: 'read a text file', where: words, expected: 'UTF-8', got: 'other bytes' };
    throw scriptErrors.SCRIPT_PATCH_DOES_NOT_FIT(facts, error);
  }
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'gm');
    return true;
  } catch {
    return false;
  }
}

function times(count: number): string {
  return count === 1 ? 'found once' : `found ${count} times`;
}
