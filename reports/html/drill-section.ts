import {
  cellText,
  type DrillCell,
  type DrillResult,
  drillsSentence,
  drillTable,
  rowText,
} from '../drill-table.ts';
import { formatDuration } from '../duration-text.ts';
import type { Run } from '../run-model.ts';
import { failureId } from './failure-article.ts';
import { html, type Markup } from './markup.ts';
import { outcomeMark } from './outcome-mark.ts';
import type { PageScenario } from './page-scenario.ts';
import { counted, saidLine } from './page-text.ts';

/** A cell with more drills than this says how many ended how, and names none. */
const namedInCell = 6;

/** Fault × moment: what came of each drill, and how long its machines took to be well again; nothing without drills. */
export function drillSection(run: Run, pages: readonly PageScenario[]): Markup {
  const table = drillTable(run);
  if (table === undefined) return null;
  const pageOf = new Map(pages.map((page) => [page.scenario.scenarioId, page]));
  return html`<section id="drills" aria-labelledby="drills-title">
    <h2 id="drills-title" tabindex="-1">Drills</h2>
    <p>${saidLine(drillsSentence(run, table), 1000)}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="faults and moments"><table class="drills">
      <caption>What came of each fault at each moment, and how long the machines took to be well again after the faults were stopped</caption>
      <thead><tr><th scope="col">fault</th>${table.moments.map((moment) => html`<th scope="col"><code>${saidLine(moment)}</code></th>`)}</tr></thead>
      <tbody>${table.rows.map(
        (row) =>
          html`<tr><th scope="row"><code>${saidLine(rowText(row))}</code></th>${table.moments.map(
            (moment) =>
              html`<td>${cellContent(
                row.cells.find((cell) => cell.moment === moment),
                pageOf,
              )}</td>`,
          )}</tr>`,
      )}</tbody></table></div>
  </section>`;
}

function cellContent(cell: DrillCell | undefined, pageOf: ReadonlyMap<string, PageScenario>): Markup {
  if (cell === undefined) return html`<span class="dim" title="there is no such drill">\u00b7</span>`;
  if (cell.drills.length > namedInCell) return `${counted(cell.drills.length, 'drill')}: ${cellText(cell)}`;
  return html`<ul class="plain">${cell.drills.map((drill) => html`<li>${drillResult(drill, pageOf.get(drill.scenarioId))}</li>`)}</ul>`;
}

function drillResult(
  { scenario, outcome, recoveryMs, neverStarted, quarantine }: DrillResult,
  page: PageScenario | undefined,
): Markup {
  const said = saidLine(scenario, 80);
  const target = page === undefined ? undefined : page.isBroken ? failureId(page.id) : page.id;
  return html`${neverStarted ? html`<span class="dim">not begun</span>` : outcomeMark(outcome)}${' '}
    ${target === undefined ? said : html`<a href=${`#${target}`}>${said}</a>`}${' '}
    ${recoveryMs !== undefined && html`<br/><span class="dim">well again after</span> <b>${formatDuration(recoveryMs)}</b>`}
    ${quarantine && html`<br/><span class="dim">in quarantine until ${saidLine(quarantine.expires, 20)}: ${saidLine(quarantine.reason)} (${saidLine(quarantine.owner, 80)})</span>`}`;
}
