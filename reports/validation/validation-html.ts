import { renderToString } from 'preact-render-to-string';
import { formatSize } from '../../foundation/index.ts';
import { formatDuration } from '../duration-text.ts';
import { html, type Markup } from '../html/markup.ts';
import { pageAssets, stylePolicy } from '../html/page-assets.ts';
import { counted, saidLine, saidText } from '../html/page-text.ts';
import { printableCommand } from '../printable-text.ts';
import { proofSections } from './proof-html.ts';
import {
  type ToldFinding,
  toldFindings,
  type ValidationReport,
  type Verdict,
  verdictWords,
} from './validation-report.ts';

/** How a verdict is drawn: as the outcome of a run that says as much. */
const looks: Record<Verdict, { outcome: string; sign: string }> = {
  fit: { outcome: 'passed', sign: '✓' },
  'fit-with-warnings': { outcome: 'skipped', sign: '▲' },
  'not-fit': { outcome: 'failed', sign: '✗' },
  inconclusive: { outcome: 'errored', sign: '?' },
};

/** A validation as one HTML page that holds all it shows, asks for nothing and has no script. The same report gives the same bytes. */
export function validationHtml(report: ValidationReport): string {
  const { style } = pageAssets();
  const told = toldFindings(report);
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8"/>
      <meta http-equiv="Content-Security-Policy" content=${stylePolicy({ style })}/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta name="referrer" content="no-referrer"/>
      <title>${`${verdictWords(report.verdict)} – ${saidLine(report.image.path, 80)}`}</title>
      <style dangerouslySetInnerHTML=${{ __html: style }}></style>
    </head>
    <body>
      <a class="skip" href="#content">skip to the findings</a>
      ${header(report)}
      <main id="content" tabindex="-1">
        ${partitions(report)}
        ${group('Errors', told, ({ of, accepted }) => accepted === undefined && of.severity === 'error')}
        ${group(
          'Left open',
          told,
          ({ of, accepted }) => accepted === undefined && of.severity !== 'error' && of.leavesOpen === true,
        )}
        ${group(
          'Warnings',
          told,
          ({ of, accepted }) => accepted === undefined && of.severity === 'warning' && !of.leavesOpen,
        )}
        ${group(
          'Notes',
          told,
          ({ of, accepted }) => accepted === undefined && of.severity === 'note' && !of.leavesOpen,
        )}
        ${group('Accepted', told, ({ accepted }) => accepted !== undefined)}
        ${report.proof && proofSections(report.proof)}
        ${lookedFor(report)}
      </main>
    </body>
  </html>`;
  return `<!doctype html>\n${renderToString(page)}\n`;
}

function header(report: ValidationReport): Markup {
  const { outcome, sign } = looks[report.verdict];
  const { image, disk } = report;
  return html`<header class=${`verdict ${outcome}`}>
    <p class="brand">assay <span class="dim">validation</span></p>
    <h1><span aria-hidden="true">${sign}</span> ${verdictWords(report.verdict)}</h1>
    ${report.reasons.map((reason) => html`<p class="counts">${saidText(reason)}</p>`)}
    <dl class="run-facts">
      ${fact('image', html`<code>${printableCommand(image.path)}</code>`)}
      ${fact('size', `${formatSize(image.sizeBytes)}, ${formatSize(image.allocatedBytes)} of it allocated`)}
      ${fact('looked at', `${report.startedAt}, ${formatDuration(report.durationMs)}, Assay ${saidLine(report.assayVersion, 40)}`)}
      ${fact('starts by', disk.bootLoaders.length === 0 ? 'nothing that is known' : saidLine(disk.bootLoaders.join(', '), 1_000))}
      ${Object.entries(image.digests).map(([algorithm, digest]) => fact(algorithm, html`<code>${digest}</code>`))}
    </dl>
  </header>`;
}

function fact(name: string, value: Markup): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function partitions({ disk }: ValidationReport): Markup {
  const table = { mbr: 'MBR', gpt: 'GPT', none: 'No partition table' }[disk.table];
  return html`<section aria-labelledby="disk">
    <h2 id="disk">${table} ${disk.id !== '' && html`<code>${saidLine(disk.id, 60)}</code>`}</h2>
    <div class="scroll"><table>
      <thead><tr><th>number</th><th>at</th><th>size</th><th>type</th><th>content</th></tr></thead>
      <tbody>${disk.partitions.map(
        ({ number, kind, offsetBytes, lengthBytes, type, typeName, name, content }) => html`<tr>
          <td>${number === 0 ? 'whole disk' : number} ${kind === 'logical' || kind === 'extended' ? `(${kind})` : ''}</td>
          <td>${formatSize(offsetBytes)}</td>
          <td>${formatSize(lengthBytes)}</td>
          <td>${typeName ?? saidLine(type, 60)} ${name ? `“${saidLine(name, 80)}”` : ''}</td>
          <td>${content.kind} ${content.label ? `“${saidLine(content.label, 80)}”` : ''} ${content.uuid && html`<code>${saidLine(content.uuid, 60)}</code>`}</td>
        </tr>`,
      )}</tbody>
    </table></div>
  </section>`;
}

function group(
  title: string,
  told: readonly ToldFinding[],
  wanted: (finding: ToldFinding) => boolean,
): Markup {
  const findings = told.filter(wanted);
  if (findings.length === 0) return null;
  const id = title.toLowerCase().replace(' ', '-');
  return html`<section aria-labelledby=${id}>
    <h2 id=${id}>${title} (${findings.length})</h2>
    ${findings.map(finding)}
  </section>`;
}

function finding({ of, kind, where, evidence, range, accepted }: ToldFinding): Markup {
  const outcome = of.severity === 'error' ? 'failed' : of.leavesOpen ? 'errored' : 'skipped';
  const at = range === undefined ? '' : `, ${counted(range.lengthBytes, 'byte')} at ${range.offsetBytes}`;
  return html`<article class=${`failure ${accepted === undefined ? outcome : ''}`}>
    <header><h3>${saidLine(of.title)}</h3><p class="dim">${saidLine(where)}${at}</p></header>
    <p class="headline">${saidText(evidence)}</p>
    <dl class="facts">
      ${accepted !== undefined && html`<dt>accepted</dt><dd>${saidText(accepted)}</dd>`}
      <dt>why it matters</dt><dd>${withCode(of.reason)}</dd>
      <dt>fix</dt><dd>${withCode(of.fix)}</dd>
      <dt>known from</dt><dd>${withCode(of.source)}</dd>
    </dl>
    <p class="code"><code>${kind}</code></p>
  </article>`;
}

function lookedFor({ kinds, findings }: ValidationReport): Markup {
  const found = new Set(findings.map(({ kind }) => kind));
  const others = kinds.filter(({ id }) => !found.has(id));
  return html`<details>
    <summary>${counted(others.length, 'kind')} of findings that this disk does not have</summary>
    <ul>${others.map(({ id, title }) => html`<li><code>${id}</code> ${saidLine(title)}</li>`)}</ul>
  </details>`;
}

/** What stands between backticks is to be typed, or a name. */
function withCode(text: string): Markup {
  return saidText(text)
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}
