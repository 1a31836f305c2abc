// examples/compare-findings.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseYamlText } from '../../images/index.ts';
import { validationReportSchema } from '../../reports/validation/index.ts';
import { type ComparedFindings, compareFindings } from './compare-findings.ts';
import { comparisonText } from './comparison-text.ts';
import { expectationsSchema } from './expectations.ts';
import { type ComparedDisk, findingsTable } from './findings-table.ts';
import { driftOf, knownMissesSchema } from './known-misses.ts';

const missesPath = join(import.meta.dirname, '../known-misses.yaml');

const usage = `examples/compare-findings [--json] VALIDATION.JSON EXPECTED.YAML
examples/compare-findings --disk NAME VALIDATION.JSON EXPECTED.YAML
examples/compare-findings --table NAME VALIDATION.JSON EXPECTED.YAML [NAME VALIDATION.JSON EXPECTED.YAML …]

Says which of the faults that were planted on an example's disk assay validate has found, and what it found besides;
with --table of several disks, as tables in Markdown. With --disk only what has become worse or better since
known-misses.yaml was written: debian-bios-bad is a name of a disk.
Exit codes: 0 every planted fault was found, or is known to be missed; 1 one was missed or the verdict is another;
2 used wrongly.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`compare-findings: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}

async function main(words: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    ...{ args: words, allowPositionals: true },
    options: {
      json: { type: 'boolean', default: false },
      table: { type: 'boolean', default: false },
      disk: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.table) return await printTable(positionals);
  const [reportPath, expectedPath, ...others] = positionals;
  if (reportPath === undefined || expectedPath === undefined || others.length > 0) throw new Error(usage);
  if (values.disk !== undefined) return await printDrift(values.disk, reportPath, expectedPath);
  const { compared } = await compareFiles(reportPath, expectedPath);
  process.stdout.write(
    values.json ? `${JSON.stringify(compared, undefined, 2)}\n` : comparisonText(compared),
  );
  const { verdict, missed } = compared;
  return missed.length === 0 && verdict.got === verdict.expected ? 0 : 1;
}

async function printTable(words: readonly string[]): Promise<number> {
  if (words.length === 0 || words.length % 3 !== 0) throw new Error(usage);
  const disks: ComparedDisk[] = [];
  for (let at = 0; at < words.length; at += 3) {
    const [name = '', reportPath = '', expectedPath = ''] = words.slice(at);
    const { compared } = await compareFiles(reportPath, expectedPath);
    disks.push({ name, compared });
  }
  process.stdout.write(findingsTable(disks));
  return 0;
}

async function printDrift(disk: string, reportPath: string, expectedPath: string): Promise<number> {
  const { compared, scope } = await compareFiles(reportPath, expectedPath);
  const { disks } = parseYamlText(
    await readFile(missesPath, 'utf8'),
    missesPath,
    knownMissesSchema,
    'misses',
  );
  const { worse, better } = driftOf(compared, disks[disk], scope);
  const { found, missed, verdict } = compared;
  process.stdout.write(`${disk}: ${verdict.got}, ${found.length} of ${found.length + missed.length} found\n`);
  for (const line of [...worse, ...better]) process.stdout.write(`  ${line}\n`);
  return worse.length === 0 ? 0 : 1;
}

async function compareFiles(
  reportPath: string,
  expectedPath: string,
): Promise<{ compared: ComparedFindings; scope: 'static' | 'dynamic' }> {
  const expected = await readFile(expectedPath, 'utf8');
  const expectations = parseYamlText(expected, expectedPath, expectationsSchema, 'expectations');
  const report = validationReportSchema.parse(JSON.parse(await readFile(reportPath, 'utf8')));
  return { compared: compareFindings(expectations, report), scope: report.scope };
}
