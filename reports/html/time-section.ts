import { formatDuration } from '../duration-text.ts';
import { shownOutcome } from '../outcome-counts.ts';
import type { Run } from '../run-model.ts';
import { scenarioLabel } from '../scenario-label.ts';
import { timeSpent } from '../time-spent.ts';
import { clockRow, gridLines } from './clock-row.ts';
import { failureId } from './failure-article.ts';
import { html, type Markup } from './markup.ts';
import type { PageScenario } from './page-scenario.ts';
import { clockText, outcomeSigns, saidLine } from './page-text.ts';
import { percent, type TimeAxis, timeAxis } from './time-line-axis.ts';

const rowHeight = 16;
const slowestCount = 12;

/** Where the time went: all scenarios on the run's clock, steps by category, and the slowest of them. */
export function timeSection(run: Run, pages: readonly PageScenario[]): Markup {
  const spent = timeSpent(run, slowestCount);
  const totalMs = spent.categories.reduce((total, { durationMs }) => total + durationMs, 0);
  return html`<section id="time" aria-labelledby="time-title"><h2 id="time-title" tabindex="-1">Where the time went</h2>
    <p>By the clock <b>${formatDuration(spent.wallMs)}</b>; scenarios together <b>${formatDuration(spent.scenariosMs)}</b>; machines together <b>${formatDuration(spent.machinesMs)}</b>.</p>
    ${pages.length > 0 && runLine(run, pages)}
    <div class="columns">
      <div class="scroll" tabindex="0" role="region" aria-label="time by category"><table><caption>Steps by category, without the steps inside them</caption>
        <thead><tr><th>category</th><th class="number">time</th><th class="number">share</th><th></th><th class="number">steps</th></tr></thead>
        <tbody>${spent.categories.map(({ category, durationMs, steps }) => {
          const share = totalMs === 0 ? 0 : durationMs / totalMs;
          return html`<tr><th scope="row">${category.replace('-', ' ')}</th><td class="number">${formatDuration(durationMs)}</td><td class="number">${Math.round(share * 100)} %</td>
            <td><svg class=${`share ${category}`} width="120" height="10" aria-hidden="true"><rect width=${percent(share)} height="10"/></svg></td><td class="number">${steps === 0 ? '' : steps}</td></tr>`;
        })}</tbody></table></div>
      <div class="scroll" tabindex="0" role="region" aria-label="slowest steps"><table><caption>The slowest steps</caption>
        <thead><tr><th class="number">time</th><th>step</th><th>where</th></tr></thead>
        <tbody>${spent.slowestSteps.map(
          ({ scenario, sentence, machine, durationMs }) =>
            html`<tr><td class="number">${formatDuration(durationMs)}</td><td>${saidLine(sentence)}</td><td class="dim">${saidLine(machine === undefined ? scenario : `${scenario}, ${machine}`)}</td></tr>`,
        )}</tbody></table></div>
    </div></section>`;
}

/** Every attempt on the run's clock: which ran side by side, and what waited for what. */
function runLine(run: Run, pages: readonly PageScenario[]): Markup {
  const axis = timeAxis(0, Math.max(1, run.durationMs));
  return html`<div class="time-line run-line"><div class="scroll" tabindex="0" role="region" aria-label="all scenarios on the run's clock"><div class="lanes">
    ${clockRow(axis)}
    ${pages.map((page) => runRow(page, axis))}
  </div></div></div>`;
}

function runRow({ scenario, id, isBroken }: PageScenario, axis: TimeAxis): Markup {
  const { sign, word } = outcomeSigns[shownOutcome(scenario)];
  const endMs = scenario.startedAtMs + scenario.durationMs;
  const label = scenarioLabel(scenario);
  return html`<div class="lane-name"><a href=${`#${isBroken ? failureId(id) : id}`} title=${label}>${sign} ${label}</a></div>
    <svg class="lane run-row" height=${rowHeight}>${gridLines(axis)}
      <rect class=${word} x=${axis.at(scenario.startedAtMs)} y="3" width=${axis.length(scenario.startedAtMs, endMs)} height=${rowHeight - 6} rx="2"><title>${`${label}: ${word}, ${clockText(scenario.startedAtMs)} to ${clockText(endMs)}`}</title></rect></svg>`;
}
