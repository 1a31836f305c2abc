import { z } from 'zod';
import { errorMessage, parseSize } from '../../../foundation/index.ts';
import { parseDurationMs } from '../../drills/moment.ts';

/**
 * A size as text, `512B`, `1MiB`; in bytes after parsing. The pattern is for editors: {@link parseSize} says more of what is wrong.
 */
export const size = z
  .string()
  .meta({
    title: 'size',
    pattern: '^\\s*\\d+\\s*(B|KiB|MiB|GiB|TiB)\\s*$',
    examples: ['512B', '64MiB', '2GiB'],
  })
  .transform((text, context) => {
    try {
      return parseSize(text);
    } catch (error) {
      context.addIssue(errorMessage(error));
      return z.NEVER;
    }
  });

/** A size that is not nothing. */
export const extent = size.refine((bytes) => bytes > 0, 'nothing is no size');

/** A span of time as text, `90s`, `10min`; in milliseconds after parsing. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}(ms|s|min|h)$/, {
    error: ({ input }) =>
      `"${input}" is no span of time: write a whole number with ms, s, min or h, such as 90s`,
    abort: true,
  })
  .meta({ title: 'time', examples: ['90s', '10min', '1h'] })
  .transform((text) => parseDurationMs(text)!);

/** What a console shows: a text that it has to have in it, or `/regular expression/flags`. */
export const pattern = z
  .string()
  .min(1)
  .meta({ title: 'pattern', examples: ['login: ', '/nas-\\d+ login: $/'] })
  .transform((text, context): string | RegExp => {
    const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(text) ?? [];
    if (source === undefined) return text;
    try {
      return new RegExp(source, flags);
    } catch (error) {
      context.addIssue(errorMessage(error));
      return z.NEVER;
    }
  });

/** A regular expression without slashes around it, as text. */
export const expression = z
  .string()
  .min(1)
  .meta({ title: 'regular expression' })
  .superRefine((text, context) => {
    try {
      new RegExp(text);
    } catch (error) {
      context.addIssue(errorMessage(error));
    }
  });

/** Of a file, or of what a web server is asked for. */
export const absolutePath = z.string().regex(/^\//, 'it begins with /').meta({ title: 'path' });

/** For people, in the report. */
export const sentence = z.string().min(1).max(500);
