import { renderToString } from 'preact-render-to-string';
import { countOutcomes, countsSentence } from '../outcome-counts.ts';
import type { Run } from '../run-model.ts';
import { drillSection } from './drill-section.ts';
import { failureArticle } from './failure-article.ts';
import { keyboardHelp } from './keyboard-help.ts';
import { html, type Markup } from './markup.ts';
import { contentPolicy, pageAssets } from './page-assets.ts';
import { type PageScenario, pageScenarios } from './page-scenario.ts';
import { counted, saidLine } from './page-text.ts';
import { hasPowerCuts, powerCutsSection } from './power-cuts-section.ts';
import type { ReportMaterial } from './report-material.ts';
import { scenarioDetails } from './scenario-details.ts';
import { timeSection } from './time-section.ts';
import { verdictHeader } from './verdict-header.ts';

/**
 * A run as one HTML page that holds everything it shows and asks for nothing: failures first, then drills, power cuts and every attempt,
 * then where the time went. It can be read without JavaScript; replaying consoles needs it. Texts of guests and users
 * are made harmless. The same run and material give the same bytes.
 *
 * @param material What is not in the model: see {@link ReportMaterial}. Without it there are no consoles and no QMP events.
 */
export function htmlReport(run: Run, material: ReportMaterial = new Map()): string {
  const assets = pageAssets();
  const pages = pageScenarios(run, material);
  const title = `${countsSentence(countOutcomes(run))} \u2013 assay ${saidLine(run.runId, 80)}`;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8"/>
      <meta http-equiv="Content-Security-Policy" content=${contentPolicy(assets)}/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta name="referrer" content="no-referrer"/>
      <title>${title}</title>
      <style dangerouslySetInnerHTML=${{ __html: assets.playerStyle }}></style>
      <style dangerouslySetInnerHTML=${{ __html: assets.style }}></style>
    </head>
    <body>
      <a class="skip" href="#content">skip to the failures and scenarios</a>
      ${verdictHeader(run)}
      ${pageNavigation(pages)}
      <main id="content" tabindex="-1">
        ${failures(pages)}
        ${drillSection(run, pages)}
        ${powerCutsSection(pages)}
        ${scenarios(pages)}
        ${timeSection(run, pages)}
      </main>
      ${keyboardHelp()}
      <p class="status" role="status" aria-live="polite" data-status></p>
      <script type="text/plain" data-player dangerouslySetInnerHTML=${{ __html: assets.playerScript }}></script>
      <script type="module" dangerouslySetInnerHTML=${{ __html: assets.script }}></script>
    </body>
  </html>`;
  return `<!doctype html>\n${renderToString(page)}\n`;
}

function pageNavigation(pages: readonly PageScenario[]): Markup {
  const broken = pages.filter(({ isBroken }) => isBroken).length;
  return html`<nav class="page" aria-label="this page"><ul>
    ${broken > 0 && html`<li><a href="#failures">Failures <b>${broken}</b></a></li>`}
    ${pages.some(({ scenario }) => scenario.drill !== undefined) && html`<li><a href="#drills">Drills</a></li>`}
    ${hasPowerCuts(pages) && html`<li><a href="#power-cuts">Power cuts</a></li>`}
    <li><a href="#scenarios">Scenarios <b>${pages.length}</b></a></li>
    <li><a href="#time">Time</a></li>
    <li class="scripted"><button type="button" data-help>Keys <kbd>?</kbd></button></li>
  </ul></nav>`;
}

/** Failures of the product before all else: what errored says nothing about it. */
function failures(pages: readonly PageScenario[]): Markup {
  const broken = pages.filter(({ isBroken }) => isBroken);
  const ordered = [
    ...broken.filter(({ scenario }) => scenario.outcome === 'failed'),
    ...broken.filter(({ scenario }) => scenario.outcome !== 'failed'),
  ];
  if (ordered.length === 0) return null;
  return html`<section id="failures" aria-labelledby="failures-title">
    <h2 id="failures-title" tabindex="-1">${counted(ordered.length, 'failure')}</h2>
    <p>${blameSentence(ordered)}</p>
    ${ordered.map(failureArticle)}
  </section>`;
}

/** Whether the product or the tests are to be looked at. */
function blameSentence(broken: readonly PageScenario[]): string {
  const ofProduct = broken.filter(({ scenario }) => scenario.error?.blame === 'product').length;
  const others = broken.length - ofProduct;
  if (others === 0) return 'The product did something wrong.';
  const says = `${others === 1 ? 'says' : 'say'} nothing about the product: the test, the harness or the host broke.`;
  return ofProduct === 0
    ? `${counted(others, 'of them', 'of them')} ${says}`
    : `In ${ofProduct} the product did something wrong; ${others} ${says}`;
}

function scenarios(pages: readonly PageScenario[]): Markup {
  return html`<section id="scenarios" aria-labelledby="scenarios-title">
    <h2 id="scenarios-title" tabindex="-1">All scenarios</h2>
    ${pages.length === 0 && html`<p>No scenario was started.</p>`}
    <p class="filter scripted"><label>Filter <input type="search" data-filter placeholder="name or outcome" autocomplete="off"/></label>
      <button type="button" data-unfold>unfold all</button> <span class="dim" data-shown></span></p>
    ${pages.map(scenarioDetails)}
  </section>`;
}
