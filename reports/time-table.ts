import { formatDuration } from './duration-text.ts';
import { printableLine } from './printable-text.ts';
import type { Run } from './run-model.ts';
import type { Colors } from './terminal-colors.ts';
import { timeSpent } from './time-spent.ts';

const barWidth = 20;

/** "Where the time went" as lines of text: by category of step, the slowest steps, and the clock against the sums. */
export function timeTable(run: Run, colors: Colors): string[] {
  const spent = timeSpent(run);
  const totalMs = spent.categories.reduce((total, { durationMs }) => total + durationMs, 0);
  const rows = spent.categories.map(({ category, durationMs, steps }) => {
    const share = totalMs === 0 ? 0 : durationMs / totalMs;
    const filled = Math.round(share * barWidth);
    const bar = filled === 0 ? '' : colors.cyan('\u2588'.repeat(filled));
    const gap = ' '.repeat(barWidth - filled);
    const percent = `${Math.round(share * 100)}%`.padStart(4);
    const name = category.replace('-', ' ').padEnd(13);
    const count = steps === 0 ? '' : `${steps} ${steps === 1 ? 'step' : 'steps'}`;
    return `  ${name} ${formatDuration(durationMs).padStart(9)} ${percent}  ${bar}${gap} ${count}`.trimEnd();
  });
  const slowest = spent.slowestSteps.map(({ scenario, sentence, machine, durationMs }) => {
    const place = machine === undefined ? scenario : `${scenario}, ${machine}`;
    return `  ${formatDuration(durationMs).padStart(9)}  ${printableLine(sentence)} ${colors.dim(`(${printableLine(place)})`)}`;
  });
  return [
    colors.bold('Where the time went'),
    ...rows,
    ...(slowest.length === 0 ? [] : ['  slowest steps, without the steps inside them:', ...slowest]),
    `  by the clock ${formatDuration(spent.wallMs)}; scenarios together ${formatDuration(spent.scenariosMs)}; ` +
      `machines together ${formatDuration(spent.machinesMs)}`,
  ];
}
