import { z } from 'zod';

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Node's timers count in 31 bits; one that is longer would be over at once. */
const maximumMs = 24 * unitMs.d;

const durationForm = /^[1-9]\d*[smhd]$/;

/** A span of time as text, `30s`, `10m`, `2h` or `1d`; in milliseconds after parsing. */
export const durationMs = z
  .string()
  .regex(durationForm, {
    error: ({ input }) =>
      `"${input}" is no span of time: write a whole number with s, m, h or d, such as 10m`,
    abort: true,
  })
  .transform((text, context) => {
    const spanMs = parseDuration(text);
    if (spanMs <= maximumMs) return spanMs;
    context.addIssue({
      code: 'custom',
      message: `"${text}" is more than the 24 days that can be waited for`,
    });
    return z.NEVER;
  });

/** The milliseconds of a text that has the form; NaN for another one. */
export function parseDuration(text: string): number {
  if (!durationForm.test(text)) return Number.NaN;
  return Number(text.slice(0, -1)) * unitMs[text.at(-1) as keyof typeof unitMs];
}

/** A span of time as scripts write it, in the largest unit in which it is whole: `90s`, `2h`; below a second `250ms`. */
export function formatDuration(spanMs: number): string {
  const unit = Object.entries(unitMs).findLast(([, factor]) => spanMs >= factor && spanMs % factor === 0);
  return unit === undefined ? `${Math.round(spanMs)}ms` : `${spanMs / unit[1]}${unit[0]}`;
}
