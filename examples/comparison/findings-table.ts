import type { ComparedFindings } from './compare-findings.ts';

/** A disk, and what a validation made of the faults that were planted on it. */
export interface ComparedDisk {
  name: string;
  compared: ComparedFindings;
}

/**
 * Disks and findings as tables in Markdown: how many of the planted faults were found, missed, and found besides; and which kinds on which disk. Pure.
 */
export function findingsTable(disks: readonly ComparedDisk[]): string {
  return `${[...summary(disks), '', ...kindsOfDisks(disks)].join('\n')}\n`;
}

function summary(disks: readonly ComparedDisk[]): string[] {
  return [
    ...header(['disk', 'verdict', 'expected', 'planted', 'found', 'missed', 'besides', 'explained before']),
    ...disks.map(({ name, compared: { verdict, found, missed, extra } }) => {
      const explained = extra.filter(({ reason }) => reason !== undefined).length;
      const planted = found.length + missed.length;
      return row([
        name,
        verdict.got,
        verdict.expected,
        planted,
        found.length,
        missed.length,
        extra.length,
        explained,
      ]);
    }),
  ];
}

/** `●` planted and found, `○` planted and missed, `+` found besides; with a count where there are several. */
function kindsOfDisks(disks: readonly ComparedDisk[]): string[] {
  const kinds = disks.flatMap(({ compared: { found, missed, extra } }) => [
    ...[...found.map(({ planted }) => planted), ...missed].map(({ finding }) => finding),
    ...extra.map(({ finding }) => finding.kind),
  ]);
  return [
    ...header(['finding', ...disks.map(({ name }) => name)]),
    ...[...new Set(kinds)]
      .sort()
      .map((kind) => row([`[${kind}](findings.md#${kind})`, ...disks.map((disk) => signs(kind, disk))])),
  ];
}

function signs(kind: string, { compared: { found, missed, extra } }: ComparedDisk): string {
  return [
    counted('●', found.filter(({ planted }) => planted.finding === kind).length),
    counted('○', missed.filter(({ finding }) => finding === kind).length),
    counted('+', extra.filter(({ finding }) => finding.kind === kind).length),
  ]
    .filter((sign) => sign !== '')
    .join(' ');
}

function counted(sign: string, count: number): string {
  if (count === 0) return '';
  return count === 1 ? sign : `${sign}${count}`;
}

function header(columns: readonly string[]): string[] {
  return [row(columns), `|${columns.map(() => '---|').join('')}`];
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
