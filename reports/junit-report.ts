import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import { failureText } from './failure-text.ts';
import { brokenAttemptsBefore, quarantineSentence, shownOutcome } from './outcome-counts.ts';
import { printableCommand, printableLine, printableText } from './printable-text.ts';
import type { Run, ScenarioRun } from './run-model.ts';
import { errorHeadline, scenarioLabel } from './scenario-label.ts';
import { noColors } from './terminal-colors.ts';
import { addElement } from './xml-element.ts';

/**
 * The run as JUnit XML, one testsuite per scenario file: `failure` where the product failed, `error` where the
 * harness or the host did, properties, and the last console lines as system-out. Attempts that were tried again
 * are `flakyFailure`/`flakyError` or `rerunFailure`/`rerunError` of the deciding one's testcase, as Maven Surefire
 * writes them, which Jenkins and others read. A drill that failed in quarantine is `skipped`, with its failure as the text.
 */
export function junitReport(run: Run): string {
  const finals = run.scenarios.filter(({ isFinal }) => isFinal);
  // What XML 1.0 cannot hold, such as U+FFFE or NUL, becomes U+FFFD.
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' });
  const isTroubled = run.state !== 'ended' || run.error !== undefined;
  const { tests, failures, errors, skipped } = totals(finals);
  const trouble = isTroubled ? 1 : 0;
  const root = addElement(document, 'testsuites', {
    ...{ name: 'assay', tests: tests + trouble, failures, errors: errors + trouble, skipped },
    time: seconds(run.durationMs),
    timestamp: run.startedAt,
  });
  for (const [file, scenarios] of Map.groupBy(finals, (scenario) => scenario.file)) {
    addSuite(root, run, file, scenarios);
  }
  if (isTroubled) addRunTrouble(root, run);
  return `${document.end({ prettyPrint: true })}\n`;
}

function addSuite(root: XMLBuilder, run: Run, file: string, scenarios: ScenarioRun[]): void {
  const suite = addElement(root, 'testsuite', {
    name: printableCommand(file),
    ...totals(scenarios),
    time: seconds(scenarios.reduce((total, { durationMs }) => total + durationMs, 0)),
    timestamp: run.startedAt,
  });
  const { accelerator, cores, memoryBytes, qemuVersion } = run.host;
  addProperties(suite, {
    runId: run.runId,
    seed: run.seed,
    shard: run.shard === undefined ? undefined : `${run.shard.number}/${run.shard.of}`,
    timeoutScale: String(run.timeoutScale),
    assayVersion: run.assayVersion,
    qemuVersion,
    accelerator: accelerator?.name,
    acceleratorReason: accelerator?.reason,
    cores: String(cores),
    memoryBytes: String(memoryBytes),
  });
  for (const scenario of scenarios) addCase(suite, run, scenario);
}

function addCase(suite: XMLBuilder, run: Run, scenario: ScenarioRun): void {
  const testcase = addElement(suite, 'testcase', {
    name: scenarioLabel(scenario),
    classname: printableCommand(scenario.file),
    file: printableCommand(scenario.file),
    time: seconds(scenario.durationMs),
  });
  addProperties(testcase, {
    outcome: shownOutcome(scenario),
    blame: scenario.error?.blame,
    reproduce: scenario.reproduce,
    ...Object.fromEntries(scenario.evidence.map(({ what, path }) => [`evidence: ${what}`, path])),
    ...Object.fromEntries(
      scenario.measures.map(({ name, value, unit }) => [`measure: ${name}`, `${value} ${unit}`]),
    ),
  });
  addOutcome(testcase, scenario);
  for (const earlier of brokenAttemptsBefore(run, scenario)) addEarlierAttempt(testcase, scenario, earlier);
  addConsole(testcase, scenario);
}

function addConsole(parent: XMLBuilder, { consoleTails }: ScenarioRun): void {
  const lines = consoleTails.flatMap(({ machine, lines }) => [
    `${printableLine(machine)}, last console lines:`,
    ...lines.map((line) => `| ${printableLine(line)}`),
  ]);
  if (lines.length > 0) addElement(parent, 'system-out', {}, lines.join('\n'));
}

function addOutcome(testcase: XMLBuilder, scenario: ScenarioRun): void {
  if (scenario.outcome === 'skipped') {
    addElement(testcase, 'skipped', { message: printableLine(scenario.reason ?? '') });
  } else if (scenario.outcome !== 'passed') {
    const { message, type, text } = troubleOf(scenario);
    const quarantine = quarantineSentence(scenario);
    if (quarantine !== undefined) {
      addElement(testcase, 'skipped', { message: printableLine(`${quarantine}: ${message}`) }, text);
      return;
    }
    addElement(testcase, scenario.outcome === 'failed' ? 'failure' : 'error', { message, type }, text);
  }
}

/** Surefire has the text of an earlier attempt in an element of its own, and its output beside it. */
function addEarlierAttempt(testcase: XMLBuilder, decided: ScenarioRun, earlier: ScenarioRun): void {
  const prefix = decided.outcome === 'passed' ? 'flaky' : 'rerun';
  const { message, type, text } = troubleOf(earlier);
  const name = `${prefix}${earlier.outcome === 'failed' ? 'Failure' : 'Error'}`;
  const element = addElement(testcase, name, { message, type });
  addElement(element, 'stackTrace', {}, text);
  addConsole(element, earlier);
}

function troubleOf(scenario: ScenarioRun): { message: string; type: string; text: string } {
  const { error, reason } = scenario;
  const message =
    error === undefined ? printableLine(reason ?? 'no reason was recorded') : errorHeadline(error);
  // The console is in system-out already.
  const text = failureText({ ...scenario, consoleTails: [] }, { colors: noColors, consoleLines: 0 });
  const stack = error?.stack === undefined ? [] : ['', printableText(error.stack)];
  const type = printableLine(error?.code ?? 'unknown');
  return { message, type, text: [...text, ...stack].join('\n') };
}

/** A run that did not end by itself must not look like a small one that did. */
function addRunTrouble(root: XMLBuilder, run: Run): void {
  const message = run.error === undefined ? `the run is ${run.state}` : errorHeadline(run.error);
  const suite = addElement(root, 'testsuite', {
    name: 'run',
    tests: 1,
    failures: 0,
    errors: 1,
    skipped: 0,
    time: '0',
  });
  const testcase = addElement(suite, 'testcase', { name: 'the run ends', classname: 'assay', time: '0' });
  addElement(testcase, 'error', { message, type: printableLine(run.error?.code ?? run.state) }, message);
}

function addProperties(parent: XMLBuilder, values: Record<string, string | undefined>): void {
  const properties = addElement(parent, 'properties');
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    addElement(properties, 'property', { name: printableLine(name), value: printableCommand(value) });
  }
}

function totals(scenarios: ScenarioRun[]) {
  const decisive = scenarios.filter((scenario) => quarantineSentence(scenario) === undefined);
  const count = (outcome: ScenarioRun['outcome']) =>
    decisive.filter((scenario) => scenario.outcome === outcome).length;
  return {
    tests: scenarios.length,
    failures: count('failed'),
    errors: count('errored') + count(undefined),
    skipped: count('skipped') + scenarios.length - decisive.length,
  };
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}
