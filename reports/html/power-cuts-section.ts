import type { ExploredSpanReport } from '../exploration.ts';
import { scenarioLabel } from '../scenario-label.ts';
import { copyableCommand } from './copyable-command.ts';
import { cutChart } from './cut-chart.ts';
import { failureId } from './failure-article.ts';
import { html, type Markup } from './markup.ts';
import { pathLink } from './page-links.ts';
import type { PageScenario } from './page-scenario.ts';
import { counted, saidLine, saidText } from './page-text.ts';

/** So many columns of all time lines together are drawn; those with something that is not legal come first. */
const columnsOfPage = 2_400;
const listedPromises = 200;

interface PageSpan {
  span: ExploredSpanReport;
  /** The anchor: `cuts-3`. */
  id: string;
  isDrawn: boolean;
}

/** Whether there is anything of which {@link powerCutsSection} tells. */
export function hasPowerCuts(pages: readonly PageScenario[]): boolean {
  return pages.some(({ material }) => material.exploration !== undefined);
}

/** What the explorer of power cuts has found: of each power-on the time line, what is not legal, and what is not known. */
export function powerCutsSection(pages: readonly PageScenario[]): Markup {
  if (!hasPowerCuts(pages)) return null;
  const spans = pageSpans(pages);
  return html`<section id="power-cuts" aria-labelledby="power-cuts-title">
    <h2 id="power-cuts-title" tabindex="-1">Power cuts</h2>
    ${pages.map((page) => scenarioCuts(page, spans))}
  </section>`;
}

function pageSpans(pages: readonly PageScenario[]): ReadonlyMap<ExploredSpanReport, PageSpan> {
  const all = pages.flatMap(({ material }) => material.exploration?.found?.spans ?? []);
  const worstFirst = [
    ...all.filter(({ failureCount }) => failureCount > 0),
    ...all.filter(({ failureCount }) => failureCount === 0),
  ];
  const drawn = new Set<ExploredSpanReport>();
  let columns = 0;
  for (const span of worstFirst) {
    columns += span.timeLine?.columns.length ?? 0;
    if (columns <= columnsOfPage) drawn.add(span);
  }
  return new Map(
    all.map((span, index) => [span, { span, id: `cuts-${index + 1}`, isDrawn: drawn.has(span) }]),
  );
}

function scenarioCuts(page: PageScenario, spans: ReadonlyMap<ExploredSpanReport, PageSpan>): Markup {
  const { scenario, id, isBroken, material } = page;
  const { exploration } = material;
  if (exploration === undefined) return null;
  const { path, found, trouble } = exploration;
  const label = scenarioLabel(scenario);
  return html`<h3><a href=${`#${isBroken ? failureId(id) : id}`}>${label}</a></h3>
    ${trouble !== undefined && html`<p>What was found cannot be shown, for ${pathLink(path, material)} cannot be read: ${saidLine(trouble)}</p>`}
    ${found?.spans.length === 0 && html`<p>It ended before a state was tried.</p>`}
    ${found?.spans.map((span) => spanArticle(spans.get(span)!, page))}`;
}

function spanArticle({ span, id, isDrawn }: PageSpan, page: PageScenario): Markup {
  const { machine, disk, powerOn, timeLine, failureCount, notAsked, notCovered } = span;
  const name = `${saidLine(machine, 60)}, disk ${saidLine(disk, 60)}, power-on ${powerOn}`;
  const path = page.material.exploration!.path;
  return html`<article class=${`span-of-cuts ${failureCount > 0 ? 'failed' : 'passed'}`} id=${id} aria-labelledby=${`${id}-title`}>
    <h4 id=${`${id}-title`}>${name}</h4>
    <p class="headline">${verdictSentence(span)}</p>
    ${boundSentences(span)}
    ${timeLine !== undefined && isDrawn && cutChart({ ...span, timeLine }, { id, failurePoints: failurePoints(span) })}
    ${timeLine === undefined && html`<p class="dim">There is no time line that this Assay can draw.</p>`}
    ${timeLine !== undefined && !isDrawn && html`<p class="dim">Not drawn, to keep the page small; the time line is in ${pathLink(path, page.material)}.</p>`}
    ${failureList(span, id)}
    ${promises(span)}
    ${notAsked.length > 0 && html`<details class="events"><summary>${counted(notAsked.length, 'damaged state')} with which no machine was switched on</summary><ul class="plain states">${notAsked.map(stateItem)}</ul></details>`}
    ${notCovered.length > 0 && html`<details class="events"><summary>What this says nothing of</summary><ul>${notCovered.map((text) => html`<li>${saidText(text)}</li>`)}</ul></details>`}
  </article>`;
}

function verdictSentence({ failureCount, witnesses, boots, distinct, timeLine }: ExploredSpanReport): Markup {
  const sign = failureCount === 0 ? '\u2713' : '\u2717';
  if (failureCount > 0)
    return `${sign} ${counted(failureCount, 'state')} that a power cut may leave ${failureCount === 1 ? 'is' : 'are'} not legal`;
  if (witnesses.judged + boots.tried === 0) return '\u2013 No state was tried';
  const states = timeLine?.totals.states ?? distinct;
  return `${sign} Nothing that is not legal: ${witnesses.judged} of ${counted(states, 'state')} looked at, ${boots.tried} tried in machines`;
}

function boundSentences({
  log,
  points,
  enumerated,
  distinct,
  clusters,
  witnesses,
  boots,
  forks,
}: ExploredSpanReport): Markup {
  const { writes, flushes, discards } = log;
  return html`<p class="dim">${counted(writes, 'write')}, ${counted(flushes, 'flush', 'flushes')}, ${counted(discards, 'discard')}; ${counted(points, 'cut')}, ${counted(enumerated, 'state')}, ${distinct} distinct in the whole power-on, ${counted(clusters, 'cluster')}.
    Witnesses looked at ${witnesses.judged}: ${witnesses.damaged} damaged, ${witnesses.lost} lost something; evenly drawn, damaged or lost: ${saidLine(witnesses.uniform.text)}.
    ${machineWords({ boots, forks })}</p>`;
}

function machineWords({ boots, forks }: Pick<ExploredSpanReport, 'boots' | 'forks'>): string {
  const { tried, cameBack, recovered, uniform } = boots;
  if (tried === 0) return 'No machine was switched on.';
  const inForks = (forks?.cameBack ?? 0) === 0 ? '' : `, ${forks!.cameBack} of them only in forks`;
  const drawn = uniform.draws === 0 ? '' : `; evenly drawn, lost or not back: ${saidLine(uniform.text)}`;
  return `Tried in machines: ${tried}${inForks}; ${cameBack} came back, ${recovered} of them from damage${drawn}.`;
}

function failureList(span: ExploredSpanReport, id: string): Markup {
  const { failures, failureCount } = span;
  if (failures.length === 0) return null;
  const left = failureCount > failures.length ? `, the first ${failures.length} of ${failureCount}` : '';
  return html`<h5>Not legal${left}</h5>
    <ol class="states">${failures.map((state, index) => stateItem(state, `${id}-failure-${index + 1}`))}</ol>`;
}

function stateItem(
  { state, why, command, diskPath }: ExploredSpanReport['failures'][number],
  id?: unknown,
): Markup {
  return html`<li id=${typeof id === 'string' ? id : undefined}><code>${saidLine(state)}</code> ${saidLine(why, 600)}<br/>${copyableCommand(command)}
    ${diskPath !== undefined && html`<br/><span class="dim">the disk:</span> <code>${saidLine(diskPath, 600)}</code>`}</li>`;
}

/** Everything that was promised, and from which cut on; of very many the first ones. */
function promises({ acknowledgements, timeLine }: ExploredSpanReport): Markup {
  if (acknowledgements.length === 0) return null;
  const from = (index: number) => {
    const point = timeLine?.acknowledgedAt[index];
    if (point === undefined) return '';
    return point === null ? 'after the span' : `cut ${point}`;
  };
  const left = acknowledgements.length - listedPromises;
  return html`<details class="events"><summary>${counted(acknowledgements.length, 'acknowledgement')}: what was promised, and from which cut on</summary>
    <ol class="rows">${acknowledgements.slice(0, listedPromises).map((label, index) => html`<li><span class="dim">${from(index)}</span> ${saidLine(label)}</li>`)}</ol>
    ${left > 0 && html`<p class="dim">\u2026 ${left} more in explore.json</p>`}</details>`;
}

/** `120:lost=113` is of cut 120. One that says something else is not drawn, and listed all the same. */
function failurePoints({ failures }: ExploredSpanReport): number[] {
  return failures.map(({ state }) => Number(/^(\d+)(:|$)/.exec(state)?.[1] ?? -1));
}
