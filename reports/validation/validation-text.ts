import { formatSize } from '../../foundation/index.ts';
import { counted } from '../html/page-text.ts';
import { printableCommand, printableLine } from '../printable-text.ts';
import { type Colors, noColors, terminalColors } from '../terminal-colors.ts';
import { proofLines } from './proof-text.ts';
import {
  type ToldFinding,
  toldFindings,
  type ValidationReport,
  type Verdict,
  verdictWords,
} from './validation-report.ts';

const indent = '           ';
/** In characters. */
const longestLine = 110;

/** A validation for a terminal: the disk, the findings with evidence, reason and fix, and the verdict last. */
export function validationText(report: ValidationReport, { color }: { color: boolean }): string {
  const colors = color ? terminalColors : noColors;
  const told = toldFindings(report);
  const weighty = told.filter(({ of, accepted }) => accepted === undefined && of.severity !== 'note');
  const light = told.filter((finding) => !weighty.includes(finding));
  const lines = [
    ...diskLines(report, colors),
    ...weighty.flatMap((finding) => ['', ...findingLines(finding, colors)]),
    ...(light.length === 0 ? [] : ['', ...light.map((finding) => lightLine(finding, colors))]),
    ...(report.proof === undefined ? [] : ['', ...proofLines(report.proof, colors)]),
    '',
    ...report.reasons.map((reason) => printableLine(reason)),
    colors.bold(verdictPaint(report.verdict, colors)(verdictWords(report.verdict))),
  ];
  return `${lines.join('\n')}\n`;
}

function diskLines({ image, disk }: ValidationReport, colors: Colors): string[] {
  const table = { mbr: 'MBR', gpt: 'GPT', none: 'no partition table' }[disk.table];
  const partitions = disk.partitions.filter(({ kind }) => kind !== 'whole-disk');
  return [
    colors.bold(printableCommand(image.path)),
    `  ${formatSize(image.sizeBytes)}, ${formatSize(image.allocatedBytes)} of it allocated`,
    `  ${table}${disk.id === '' ? '' : ` ${disk.id}`}${partitions.length === 0 ? '' : `, ${counted(partitions.length, 'partition')}`}`,
    ...disk.partitions.map((partition) => {
      const { number, lengthBytes, offsetBytes, typeName, type, content } = partition;
      const label = content.label ? ` "${printableLine(content.label)}"` : '';
      const what = `${typeName ?? type}`.padEnd(24);
      return `  ${String(number).padStart(3)}  ${formatSize(lengthBytes).padStart(10)} at ${formatSize(offsetBytes).padEnd(10)} ${what} ${printableLine(content.kind)}${label}`;
    }),
    `  starts by: ${disk.bootLoaders.length === 0 ? 'nothing that is known' : disk.bootLoaders.map(printableLine).join(', ')}`,
    ...Object.entries(image.digests).map(([algorithm, digest]) => `  ${algorithm} ${digest}`),
  ];
}

function findingLines({ of, kind, where, evidence }: ToldFinding, colors: Colors): string[] {
  return [
    `${severityMark(of, colors)}  ${colors.bold(printableLine(of.title))}`,
    ...wrapped(`${where}: ${evidence}`),
    ...wrapped(of.reason),
    ...wrapped(`fix: ${of.fix}`),
    ...wrapped(`${kind}, ${of.source}`).map((line) => colors.dim(line)),
  ];
}

function lightLine({ of, kind, where, evidence, accepted }: ToldFinding, colors: Colors): string {
  const mark = accepted === undefined ? severityMark(of, colors) : colors.dim('accepted ');
  const why = accepted === undefined ? '' : `, accepted: ${printableLine(accepted)}`;
  return `${mark}  ${printableLine(of.title)}: ${printableLine(where)}: ${printableLine(evidence)} ${colors.dim(`(${kind}${why})`)}`;
}

function severityMark({ severity, leavesOpen }: ToldFinding['of'], colors: Colors): string {
  if (severity === 'error') return colors.red('✖ error  ');
  if (leavesOpen) return colors.magenta('? open   ');
  return severity === 'warning' ? colors.yellow('▲ warning') : colors.cyan('· note   ');
}

function verdictPaint(verdict: Verdict, colors: Colors): (text: string) => string {
  if (verdict === 'fit') return colors.green;
  if (verdict === 'not-fit') return colors.red;
  return verdict === 'inconclusive' ? colors.magenta : colors.yellow;
}

/** Sentences in lines that can be read; a word that is longer than a line stays whole. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of printableLine(text).split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > longestLine) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
