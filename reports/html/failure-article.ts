import { shownOutcome } from '../outcome-counts.ts';
import { brokenStepPath, scenarioLabel } from '../scenario-label.ts';
import { seekTo } from './console-moment.ts';
import { consolePanels } from './console-panel.ts';
import { copyableCommand } from './copyable-command.ts';
import { diskMaps } from './disk-maps.ts';
import { blameBadge, differenceView, errorFacts, fact } from './error-facts.ts';
import { html, type Markup } from './markup.ts';
import { outcomeMark } from './outcome-mark.ts';
import { pathLink, safeHref } from './page-links.ts';
import type { PageScenario } from './page-scenario.ts';
import { clockText, counted, keepEnds, saidLine, saidText } from './page-text.ts';
import { eventList, moment, timeLine } from './time-line.ts';
import { timeLineOf } from './time-line-lanes.ts';

/** All that a person needs of an attempt that failed or errored: what broke, whose it is, the evidence, the command. */
export function failureArticle(page: PageScenario): Markup {
  const { scenario, id } = page;
  const label = scenarioLabel(scenario);
  const line = timeLineOf(page);
  const { error } = scenario;
  return html`<article class=${`failure ${scenario.outcome ?? 'running'}`} id=${failureId(id)} tabindex="-1" data-failure aria-labelledby=${`${id}-title`}>
    <header>
      <h3 id=${`${id}-title`}>${outcomeMark(shownOutcome(scenario))} <a href=${`#${id}`}>${label}</a></h3>
      <p class="dim">${saidLine(scenario.file)}, at ${clockText(scenario.startedAtMs)}${scenario.isFinal ? '' : ', tried again afterwards'}</p>
    </header>
    ${error !== undefined && blameBadge(error)}
    <p class="headline">${saidText(error?.message ?? scenario.reason ?? 'no error was recorded')}</p>
    ${error !== undefined && html`<p class="code"><code>${saidLine(error.code)}</code></p>`}
    ${stepPath(page)}
    ${error !== undefined && errorFacts(error)}
    ${failedChecks(page)}
    ${faults(page)}
    ${scenario.reproduce !== undefined && html`<div class="again"><h4>Run it again</h4>${copyableCommand(scenario.reproduce)}</div>`}
    ${powerCutsLink(page)}
    ${consoleTails(page)}
    ${line.lanes.length > 0 && [html`<h4>Time line</h4>`, timeLine(line, label)]}
    ${eventList(line)}
    ${(page.consoles.length > 0 || scenario.diskMaps.length > 0) && html`<h4>Evidence</h4>`}
    ${consolePanels(page.consoles)}
    ${diskMaps(scenario)}
    ${evidenceLinks(page)}
  </article>`;
}

/** To the drawing of what its power cuts have left, where they were explored. */
export function powerCutsLink({ material }: PageScenario): Markup {
  return (
    material.exploration !== undefined &&
    html`<p><a href="#power-cuts">The time line of its power cuts</a></p>`
  );
}

/** The anchor of the article of a scenario. */
export function failureId(scenarioId: string): string {
  return scenarioId.replace('scenario', 'failure');
}

function stepPath({ scenario }: PageScenario): Markup {
  const path = brokenStepPath(scenario.steps);
  if (path.length === 0) return null;
  return html`<nav class="step-path" aria-label="the step in which it broke"><ol>${path.map((step) => html`<li>${saidLine(step)}</li>`)}</ol></nav>`;
}

function failedChecks({ scenario, consoles, rowLimit }: PageScenario): Markup {
  const failed = keepEnds(
    // The one that ended the scenario is what the article begins with.
    scenario.checks.filter(({ passed, what }) => !passed && what !== scenario.error?.facts?.tried),
    rowLimit,
  ).kept;
  if (failed.length === 0) return null;
  return html`<h4>Checks that do not hold</h4><ul class="plain">${failed.map(
    (check) => html`<li>${moment(at(consoles, check))} <b>\u2717</b> ${saidLine(check.what)}
      <dl class="facts">${fact('expected', check.expected)}${fact('got', check.got)}</dl>${differenceView(check.difference)}</li>`,
  )}</ul>`;
}

/** What was broken on purpose, and what shows that it was. */
function faults({ scenario, consoles, rowLimit }: PageScenario): Markup {
  const shown = keepEnds(scenario.faults, rowLimit).kept;
  if (shown.length === 0) return null;
  return html`<h4>Faults injected</h4><ul class="plain">${shown.map(
    (each) => html`<li>${moment(at(consoles, each))} ${saidLine(each.what)}
      <span class="proof">${each.proof === undefined ? html`<b>! not proved</b>` : html`<b>proof</b> ${saidText(each.proof)}`}</span></li>`,
  )}</ul>`;
}

function at(consoles: PageScenario['consoles'], event: { atMs: number; machine?: string | undefined }) {
  const seek = seekTo(consoles, event.atMs, event.machine);
  return { atMs: event.atMs, ...(seek === undefined ? {} : { seek }) };
}

function consoleTails({ scenario }: PageScenario): Markup {
  if (scenario.consoleTails.length === 0) return null;
  return html`<h4>Last console lines</h4>${scenario.consoleTails.map(({ machine, lines }, index) => {
    const name = saidLine(machine, 60);
    const shown = lines.map(consoleLine).filter((line) => line.trim() !== '');
    if (shown.length === 0) return html`<p>${name} was silent.</p>`;
    return html`<details class="tail" open=${index === scenario.consoleTails.length - 1}><summary><b>${name}</b> <span class="dim">the last ${counted(shown.length, 'line')}, without empty ones</span></summary>
      <div class="screen" tabindex="0" role="region" aria-label=${`the last console lines of ${name}`}><pre>${shown.join('\n')}</pre></div></details>`;
  })}`;
}

/** Carriage returns at either end of a line are how consoles end lines, and say nothing. */
function consoleLine(line: string): string {
  return saidText(line.replace(/^\r+|\r+$/g, '')).replaceAll('\n', ' ');
}

/** Where the evidence lies on the disk of the host. */
export function evidenceLinks({ scenario, material }: PageScenario): Markup {
  const consoleFiles = material.consoles.flatMap(({ machine, port, files }) =>
    files.map(({ what, href }) => ({
      what: `${saidLine(machine, 60)} ${saidLine(port, 60)}, ${what}`,
      href,
    })),
  );
  const others = scenario.artifacts.filter(({ what }) => what !== 'console-log' && what !== 'asciicast');
  if (scenario.evidence.length + others.length + consoleFiles.length === 0) return null;
  return html`<h4>Files</h4><ul class="files">
    ${scenario.evidence.map(({ what, path }) => html`<li>${pathLink(path, material)} <span class="dim">${saidLine(what)}</span></li>`)}
    ${keepEnds(others, 200).kept.map(({ path, what, machine }) => html`<li>${pathLink(path, material)} <span class="dim">${machine === undefined ? '' : `${saidLine(machine, 60)}, `}${what}</span></li>`)}
    ${consoleFiles.map(({ what, href }) => html`<li><a href=${safeHref(href)}><code>${saidLine(href)}</code></a> <span class="dim">${what}</span></li>`)}
  </ul>`;
}
