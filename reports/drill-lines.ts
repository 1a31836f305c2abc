import { cellText, type DrillResult, drillsSentence, drillTable, rowText } from './drill-table.ts';
import { printableLine } from './printable-text.ts';
import type { Run } from './run-model.ts';
import type { Colors } from './terminal-colors.ts';

/** A longer moment pushes only its own outcome to the right. */
const widestMoment = 60;

/** Fault × moment as lines of text: under each fault its moments, what came of them, and the times of recovery. */
export function drillLines(run: Run, colors: Colors): string[] {
  const table = drillTable(run);
  if (table === undefined) return [];
  const lengths = table.moments.map((moment) => printableLine(moment).length);
  const width = Math.min(widestMoment, Math.max(...lengths));
  const rows = table.rows.flatMap((row) => [
    `  ${printableLine(rowText(row))}`,
    ...row.cells.flatMap((cell) => [
      `    ${printableLine(cell.moment).padEnd(width)}  ${cellPaint(cell.drills, colors)(cellText(cell))}`,
      ...cell.drills.flatMap(quarantineLine),
    ]),
  ]);
  return [colors.bold('Drills'), `  ${printableLine(drillsSentence(run, table))}`, ...rows];
}

function quarantineLine({ scenario, quarantine, outcome }: DrillResult): string[] {
  if (quarantine === undefined) return [];
  const { owner, reason, expires } = quarantine;
  const counts =
    outcome === 'failed' || outcome === 'errored' ? 'does not fail the run' : `${outcome} all the same`;
  return [
    `      ${printableLine(`${scenario}: in quarantine until ${expires}, ${counts}: ${reason} (${owner})`)}`,
  ];
}

function cellPaint(drills: readonly DrillResult[], colors: Colors): (text: string) => string {
  const outcomes = new Set(drills.map(({ outcome }) => outcome));
  if (outcomes.has('failed')) return colors.red;
  if (outcomes.has('errored')) return colors.magenta;
  return outcomes.size === 1 && outcomes.has('passed') ? colors.green : colors.yellow;
}
