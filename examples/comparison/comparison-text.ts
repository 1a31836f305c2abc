import type { ComparedFindings } from './compare-findings.ts';

/** For a terminal: a table of each group, numbers last. */
export function comparisonText({ found, missed, notLookedFor, extra, verdict }: ComparedFindings): string {
  const explained = extra.filter(({ reason }) => reason !== undefined).length;
  return [
    ...table('missed', missed, ({ finding, what, where }) => [finding, `${what} (${where})`]),
    ...table('found', found, ({ planted, finding }) => [finding.kind, `${planted.what}: ${finding.where}`]),
    ...table('extra', extra, ({ finding, reason }) => [
      finding.kind,
      `${finding.where}: ${reason ?? 'NOT EXPLAINED'}`,
    ]),
    ...table('not looked for, as no clone was started', notLookedFor, ({ finding, what }) => [finding, what]),
    `planted ${found.length + missed.length}, found ${found.length}, missed ${missed.length}; ` +
      `extra ${extra.length}, explained before ${explained}`,
    `verdict ${verdict.got}, expected ${verdict.expected}`,
    '',
  ].join('\n');
}

function table<Row>(title: string, rows: readonly Row[], cells: (row: Row) => [string, string]): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(cells);
  const width = Math.max(...lines.map(([first]) => first.length));
  return [
    `${title} (${rows.length})`,
    ...lines.map(([kind, rest]) => `  ${kind.padEnd(width)}  ${rest}`),
    '',
  ];
}
