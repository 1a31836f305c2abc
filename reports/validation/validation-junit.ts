import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import { printableCommand, printableLine } from '../printable-text.ts';
import { addElement } from '../xml-element.ts';
import type { ProofReport } from './proof-report.ts';
import {
  type ReportedKind,
  type ToldFinding,
  toldFindings,
  type ValidationReport,
  verdictWords,
} from './validation-report.ts';

/**
 * A validation as JUnit XML: every kind of finding that was looked for is a testcase. Errors are `failure`, what could not be looked
 * at is `error`; warnings and notes pass, and are told in `system-out`.
 */
export function validationJunit(report: ValidationReport): string {
  // What XML 1.0 cannot hold becomes U+FFFD.
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' });
  const found = Map.groupBy(toldFindings(report), ({ kind }) => kind);
  const cases = report.kinds.map((kind) => ({ kind, findings: found.get(kind.id) ?? [] }));
  const started = startedCases(report.proof);
  const totals = {
    tests: cases.length,
    failures: cases.filter(({ kind, findings }) => outcomeOf(kind, findings) === 'failure').length,
    errors: cases.filter(({ kind, findings }) => outcomeOf(kind, findings) === 'error').length,
    ...{ skipped: 0, time: inSeconds(report.durationMs), timestamp: report.startedAt },
  };
  const root = addElement(document, 'testsuites', {
    ...{ name: 'assay validate', ...totals, tests: totals.tests + started.length },
    failures: totals.failures + failed(started),
  });
  const name = printableCommand(report.image.path);
  const suite = addElement(root, 'testsuite', { name, ...totals });
  const properties = addElement(suite, 'properties');
  const facts = { verdict: verdictWords(report.verdict), scope: report.scope, ...report.image.digests };
  for (const [key, value] of Object.entries(facts)) addElement(properties, 'property', { name: key, value });
  for (const one of cases) addCase(suite, one.kind, one.findings, name);
  if (report.proof !== undefined) addStarted(root, started, report.startedAt);
  return `${document.end({ prettyPrint: true })}\n`;
}

interface StartedCase {
  name: string;
  durationMs: number;
  failure: string | undefined;
}

/** Each boot of a clone, and each drill. What is wrong with them is told by findings, too. */
function startedCases(
  { clones, drills }: Pick<ProofReport, 'clones' | 'drills'> = { clones: [], drills: [] },
) {
  const boots = clones.flatMap(({ name, boots }) =>
    boots.map(
      ({ number, readyMs: durationMs = 0, failure }): StartedCase => ({
        ...{ name: `${name}, boot ${number}`, durationMs, failure },
      }),
    ),
  );
  const drilled = drills.map(({ damage, outcome, recoveryMs: durationMs = 0, failure }): StartedCase => {
    const problem = failure === undefined ? outcome : `${outcome}: ${failure}`;
    return { name: damage.join(' and '), durationMs, failure: outcome === 'passed' ? undefined : problem };
  });
  return [...boots, ...drilled];
}

function failed(cases: readonly StartedCase[]): number {
  return cases.filter(({ failure }) => failure !== undefined).length;
}

function addStarted(root: XMLBuilder, cases: readonly StartedCase[], timestamp: string): void {
  const suite = addElement(root, 'testsuite', {
    ...{
      name: 'clones that were started',
      tests: cases.length,
      failures: failed(cases),
      errors: 0,
      skipped: 0,
    },
    ...{ time: inSeconds(cases.reduce((total, { durationMs }) => total + durationMs, 0)), timestamp },
  });
  for (const { name, durationMs, failure } of cases) {
    const facts = { name: printableLine(name), classname: 'clones', time: inSeconds(durationMs) };
    const testcase = addElement(suite, 'testcase', facts);
    if (failure !== undefined) {
      addElement(testcase, 'failure', { message: printableLine(failure), type: 'clone' });
    }
  }
}

function inSeconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}

function addCase(
  suite: XMLBuilder,
  kind: ReportedKind,
  findings: readonly ToldFinding[],
  classname: string,
): void {
  const testcase = addElement(suite, 'testcase', { name: `${kind.id}: ${kind.title}`, classname, time: 0 });
  if (findings.length === 0) return;
  const lines = findings.map(({ where, evidence, accepted }) =>
    printableLine(
      `${where}: ${evidence}${accepted === undefined ? '' : ` (accepted: ${printableLine(accepted)})`}`,
    ),
  );
  const text = [...lines, kind.reason, `fix: ${kind.fix}`, `source: ${kind.source}`].join('\n');
  const outcome = outcomeOf(kind, findings);
  if (outcome === 'passed') addElement(testcase, 'system-out', {}, text);
  else addElement(testcase, outcome, { message: printableLine(kind.title), type: kind.id }, text);
}

function outcomeOf(kind: ReportedKind, findings: readonly ToldFinding[]): 'failure' | 'error' | 'passed' {
  if (findings.every(({ accepted }) => accepted !== undefined)) return 'passed';
  if (kind.severity === 'error') return 'failure';
  return kind.leavesOpen ? 'error' : 'passed';
}
