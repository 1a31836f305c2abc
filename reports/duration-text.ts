import prettyMilliseconds from 'pretty-ms';

/** `950ms`, `12.3s`, `1m 2.5s`: a duration for people. */
export function formatDuration(durationMs: number): string {
  return prettyMilliseconds(Math.round(durationMs), {
    secondsDecimalDigits: 1,
    keepDecimalsOnWholeSeconds: true,
  });
}
