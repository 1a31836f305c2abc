import { formatDuration } from '../duration-text.ts';
import { shownOutcome } from '../outcome-counts.ts';
import { scenarioLabel } from '../scenario-label.ts';
import { seekTo } from './console-moment.ts';
import { consolePanels } from './console-panel.ts';
import { copyableCommand } from './copyable-command.ts';
import { diskMaps } from './disk-maps.ts';
import { evidenceLinks, failureId, powerCutsLink } from './failure-article.ts';
import { html, type Markup } from './markup.ts';
import { outcomeMark } from './outcome-mark.ts';
import type { PageScenario } from './page-scenario.ts';
import { clockText, keepEnds, saidLine, saidText } from './page-text.ts';
import { stepTree } from './step-tree.ts';
import { eventList, moment, timeLine } from './time-line.ts';
import { timeLineOf } from './time-line-lanes.ts';

/** One attempt in the list of all of them: one line, and behind it everything that is known. */
export function scenarioDetails(page: PageScenario): Markup {
  const { scenario, id } = page;
  const { outcome, reason } = scenario;
  const shown = shownOutcome(scenario);
  return html`<details class="scenario" id=${id} data-outcome=${shown}>
    <summary>${outcomeMark(shown)} <b>${scenarioLabel(scenario)}</b>${' '}
      ${outcome === 'skipped' && html`<span class="reason">${saidLine(reason ?? 'no reason given')}</span>`}
      <span class="duration">${outcome === 'skipped' ? '' : formatDuration(scenario.durationMs)}</span></summary>
    <div class="body">
      <p class="dim">${saidLine(scenario.file)}, at ${clockText(scenario.startedAtMs)}${scenario.isFinal ? '' : ', tried again afterwards'}</p>
      ${outcome !== 'skipped' && reason !== undefined && html`<p>${saidText(reason)}</p>`}
      ${page.isBroken && html`<p><a href=${`#${failureId(id)}`}>What broke, the time line, consoles and disks of it</a></p>`}
      ${!page.isBroken && scenario.reproduce !== undefined && html`<p>${copyableCommand(scenario.reproduce)}</p>`}
      ${scenario.steps.length > 0 && [html`<h4>Steps</h4>`, stepTree(page)]}
      ${!page.isBroken && powerCutsLink(page)}
      ${!page.isBroken && evidence(page)}
      ${records(page)}
      ${machineRows(page)}
    </div>
  </details>`;
}

/** What a broken scenario has in its article already. */
function evidence(page: PageScenario): Markup {
  const line = timeLineOf(page);
  return [
    line.lanes.length > 0 && [
      html`<h4>Time line</h4>`,
      timeLine(line, scenarioLabel(page.scenario)),
      eventList(line),
    ],
    page.consoles.length > 0 && [html`<h4>Consoles</h4>`, consolePanels(page.consoles)],
    page.scenario.diskMaps.length > 0 && [html`<h4>Disks</h4>`, diskMaps(page.scenario)],
    evidenceLinks(page),
  ];
}

function records({ scenario, consoles, rowLimit }: PageScenario): Markup {
  const checks = keepEnds(scenario.checks, rowLimit);
  const measures = keepEnds(scenario.measures, rowLimit);
  return [
    checks.kept.length > 0 && [
      html`<h4>Checks</h4>`,
      html`<ul class="plain rows">${checks.kept.map((check) => {
        const seek = seekTo(consoles, check.atMs, check.machine);
        return html`<li>${moment({ atMs: check.atMs, ...(seek === undefined ? {} : { seek }) })} <b>${check.passed ? '\u2713' : '\u2717'}</b> <span>${saidLine(check.what)}${check.passed ? '' : ' (does not hold)'}</span></li>`;
      })}</ul>`,
      checks.omitted > 0 && html`<p class="dim">\u2026 ${checks.omitted} more in events.jsonl</p>`,
    ],
    measures.kept.length > 0 && [
      html`<h4>Measured</h4>`,
      html`<ul class="plain">${measures.kept.map(({ name, value, unit }) => html`<li>${saidLine(name)} <b>${value} ${saidLine(unit, 40)}</b></li>`)}</ul>`,
    ],
  ];
}

/** What each machine was made of, and how each time that it was on came to its end. */
function machineRows({ scenario, rowLimit }: PageScenario): Markup {
  const { kept } = keepEnds(scenario.machines, rowLimit);
  if (kept.length === 0) return null;
  return html`<h4>Machines</h4><div class="scroll" tabindex="0" role="region" aria-label="machines"><table>
    <thead><tr><th>machine</th><th>hardware</th><th class="number">on at</th><th class="number">for</th><th>then</th></tr></thead>
    <tbody>${kept.map(
      ({
        machine,
        hardware,
        startedAtMs,
        durationMs,
        how,
        detail,
      }) => html`<tr><th scope="row">${saidLine(machine, 60)}</th><td>${saidLine(hardware)}</td>
        <td class="number">${clockText(startedAtMs)}</td><td class="number">${formatDuration(durationMs)}</td><td>${how ?? 'still on'}${detail === undefined ? '' : `: ${saidLine(detail)}`}</td></tr>`,
    )}</tbody></table></div>`;
}
