import { formatSize } from '../../foundation/index.ts';
import { formatDuration } from '../duration-text.ts';
import { countDecisiveOutcomes, countOutcomes, countsSentence } from '../outcome-counts.ts';
import type { Run } from '../run-model.ts';
import { copyableCommand } from './copyable-command.ts';
import { errorFacts } from './error-facts.ts';
import { html, type Markup } from './markup.ts';
import { outcomeSigns, saidLine, saidText } from './page-text.ts';
import { percent } from './time-line-axis.ts';

const mostWarnings = 100;
const shownFirst = ['failed', 'errored', 'flaky', 'skipped', 'passed'] as const;

/** The verdict, and what the run was: the first thing that one sees. */
export function verdictHeader(run: Run): Markup {
  const { says, outcome } = verdictOf(run);
  return html`<header class=${`verdict ${outcome}`}>
    <p class="brand">assay <span class="dim">run report</span></p>
    <h1><span aria-hidden="true">${outcomeSigns[outcome].sign}</span> ${says}</h1>
    <p class="counts">${countsSentence(countOutcomes(run))}</p>
    ${countsBar(run)}
    ${results(run)}
    ${facts(run)}
    ${troubles(run)}
  </header>`;
}

/** What a run says, in the sense of the exit codes: a failure stands, whatever else went wrong. */
function verdictOf(run: Run) {
  const counts = countDecisiveOutcomes(run);
  if (counts.failed > 0) return { says: 'Failed', outcome: 'failed' } as const;
  if (run.state === 'interrupted') return { says: 'Interrupted', outcome: 'errored' } as const;
  if (run.state === 'broken-off') return { says: 'Broken off', outcome: 'errored' } as const;
  if (run.state === 'running') return { says: 'Still running', outcome: 'running' } as const;
  if (counts.errored > 0 || run.error !== undefined)
    return { says: 'Inconclusive', outcome: 'errored' } as const;
  return counts.passed + counts.flaky > 0
    ? ({ says: 'Passed', outcome: 'passed' } as const)
    : ({ says: 'Nothing was proved', outcome: 'skipped' } as const);
}

function countsBar(run: Run): Markup {
  const counts = countOutcomes(run);
  const total = shownFirst.reduce((sum, outcome) => sum + counts[outcome], 0);
  if (total === 0) return null;
  let left = 0;
  return html`<svg class="counts-bar" height="8" aria-hidden="true">${shownFirst.map((outcome) => {
    const share = counts[outcome] / total;
    const x = left;
    left += share;
    return share > 0 && html`<rect class=${outcome} x=${percent(x)} width=${percent(share)} height="8"/>`;
  })}</svg>`;
}

function facts(run: Run): Markup {
  const { host } = run;
  const command = `assay ${run.argv.map(shellWord).join(' ')}`;
  const accelerator = host.accelerator;
  const assay = run.assayVersion === undefined ? '' : `, Assay ${saidLine(run.assayVersion, 40)}`;
  return html`<dl class="run-facts">
    <div><dt>run</dt><dd><code>${saidLine(run.runId)}</code>${run.shard === undefined ? '' : `, shard ${run.shard.number} of ${run.shard.of}`}</dd></div>
    <div><dt>started</dt><dd><time datetime=${saidLine(run.startedAt)}>${saidLine(run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}</time></dd></div>
    <div><dt>took</dt><dd>${formatDuration(run.durationMs)}${run.timeoutScale === 1 ? '' : `, time-outs \u00d7${run.timeoutScale}`}</dd></div>
    <div><dt>seed</dt><dd><code>${saidLine(run.seed)}</code></dd></div>
    <div><dt>host</dt><dd>${host.cores} cores, ${formatSize(host.memoryBytes)}${host.qemuVersion === undefined ? '' : `, QEMU ${saidLine(host.qemuVersion, 60)}`}${host.nodeVersion === undefined ? '' : `, Node ${saidLine(host.nodeVersion, 60)}`}${assay}</dd></div>
    ${accelerator !== undefined && html`<div class="long"><dt>accelerator</dt><dd><b>${saidLine(accelerator.name, 60)}</b>: ${saidLine(accelerator.reason, 1000)}</dd></div>`}
    <div class="wide"><dt>command</dt><dd>${copyableCommand(command)}</dd></div>
  </dl>`;
}

/** A word as a shell takes it back. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What the run as a whole has come to, beside its scenarios. */
function results({ outside }: Run): Markup {
  const found = outside.notes.filter(({ level }) => level === 'result');
  return found.map(({ text }) => html`<pre class="result">${saidText(text)}</pre>`);
}

/** What a reader must know of the run itself: that it did not end, and its warnings. */
function troubles(run: Run): Markup {
  // Attempts beyond the first were not planned.
  const begun = run.scenarios.filter(({ attempt }) => attempt === 1).length;
  const notStarted = Math.max(0, (run.plannedScenarios ?? 0) - begun);
  const ends = {
    running: 'The run was still going on when this page was written.',
    interrupted: 'The run was interrupted.',
    'broken-off': 'The runner ended before the run did.',
    ended: '',
  };
  const warnings = [
    ...run.warnings,
    ...[run.outside, ...run.scenarios].flatMap(({ notes }) =>
      notes.filter(({ level }) => level === 'warning').map(({ text }) => text),
    ),
  ];
  const says = [
    ends[run.state],
    notStarted > 0 ? `Scenarios that were not started: ${notStarted}.` : '',
    ...warnings,
  ].filter((each) => each !== '');
  return [
    run.error !== undefined &&
      html`<section class="trouble" aria-label="the run itself"><p><b>The run itself:</b> <code>${saidLine(run.error.code)}</code> ${saidText(run.error.message)}</p>${errorFacts(run.error)}</section>`,
    says.length > 0 &&
      html`<ul class="trouble">${says.slice(0, mostWarnings).map((each) => html`<li><b>!</b> ${saidText(each)}</li>`)}</ul>`,
  ];
}
