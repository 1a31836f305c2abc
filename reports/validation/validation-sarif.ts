import { pathToFileURL } from 'node:url';
import { printableLine } from '../printable-text.ts';
import { type ToldFinding, toldFindings, type ValidationReport, verdictWords } from './validation-report.ts';

const levels = { error: 'error', warning: 'warning', note: 'note' } as const;

/** A validation as SARIF 2.1.0 (OASIS): every kind that was looked for is a rule, every finding a result with its bytes. */
export function validationSarif(report: ValidationReport): string {
  const indexes = new Map(report.kinds.map(({ id }, index) => [id, index]));
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'assay', version: report.assayVersion, rules: report.kinds.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        artifacts: [artifactOf(report)],
        invocations: [
          {
            executionSuccessful: report.verdict !== 'inconclusive',
            startTimeUtc: report.startedAt,
            exitCodeDescription: verdictWords(report.verdict),
          },
        ],
        results: toldFindings(report).map((finding) =>
          resultOf(finding, indexes.get(finding.kind)!, uriOf(report)),
        ),
        properties: { verdict: report.verdict, scope: report.scope },
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function ruleOf({ id, severity, title, reason, fix, source }: ValidationReport['kinds'][number]) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: reason },
    help: { text: `${fix}\n\nSource: ${source}` },
    defaultConfiguration: { level: levels[severity] },
  };
}

function uriOf({ image }: Pick<ValidationReport, 'image'>): string {
  return pathToFileURL(image.path).href;
}

function artifactOf({ image }: ValidationReport) {
  const hashes = image.digests.sha256 === undefined ? {} : { hashes: { 'sha-256': image.digests.sha256 } };
  return { location: { uri: uriOf({ image }) }, length: image.sizeBytes, ...hashes };
}

/** In messages, brackets make links and braces placeholders (SARIF 2.1.0, 3.11.5 and 3.11.6): what the disk says has none. */
function plain(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

function resultOf(finding: ToldFinding, ruleIndex: number, uri: string) {
  const { kind, of, where, range, evidence, accepted } = finding;
  const region =
    range === undefined ? {} : { region: { byteOffset: range.offsetBytes, byteLength: range.lengthBytes } };
  return {
    ruleId: kind,
    ruleIndex,
    level: levels[of.severity],
    message: { text: plain(`${of.title}: ${printableLine(where)}: ${printableLine(evidence)}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri, index: 0 }, ...region },
        logicalLocations: [{ fullyQualifiedName: printableLine(where) }],
      },
    ],
    ...(accepted === undefined
      ? {}
      : { suppressions: [{ kind: 'external', justification: printableLine(accepted) }] }),
  };
}
