import { formatSize } from '../../foundation/index.ts';
import { formatDuration } from '../duration-text.ts';
import { html, type Markup } from './markup.ts';
import { safeHref } from './page-links.ts';
import type { PageConsole } from './page-scenario.ts';
import { clockText, saidLine } from './page-text.ts';

/** The recorded consoles of a scenario: closed, until somebody opens one or seeks it from an event. */
export function consolePanels(consoles: readonly PageConsole[]): Markup {
  return consoles.map(consolePanel);
}

function consolePanel(console: PageConsole): Markup {
  const { id, machine, port, startedAtMs, durationMs, recording } = console;
  const name = `${saidLine(machine, 60)} \u00b7 ${saidLine(port, 60)}`;
  if (recording === '') {
    return html`<p id=${id} class="no-console">Console ${name}: there is no recording to replay. ${files(console)}</p>`;
  }
  return html`<details class="console" id=${id} data-name=${name} data-start=${startedAtMs.toFixed(3)}>
    <summary>Console <b>${name}</b> <span class="dim">${formatDuration(durationMs)} from ${clockText(startedAtMs)}</span></summary>
    ${omission(console)}
    <p class="files">${files(console)}</p>
    <noscript><p>To replay a console this page needs JavaScript; the log above is the same text.</p></noscript>
    <div class="scroll terminal" data-terminal></div>
    <script type="application/gzip" data-recording dangerouslySetInnerHTML=${{ __html: onlyBase64(recording) }}></script>
  </details>`;
}

function omission({ omitted }: PageConsole): Markup {
  if (omitted === undefined) return null;
  const [from, until] = [omitted.fromMs, omitted.untilMs].map(clockText);
  return html`<p class="omission">To keep this page small, about ${formatSize(omitted.sizeBytes)} of the recording are not in it:
    what came between ${from} and ${until} of its own clock. The whole of it:</p>`;
}

function files(console: PageConsole): Markup {
  return console.files.map(
    ({ what, href, sizeBytes }) =>
      html`<a href=${safeHref(href)}>${what === 'log' ? 'whole log' : 'whole recording'}</a> <span class="dim">(${formatSize(sizeBytes)})</span> `,
  );
}

/** It stands in the page as it is, so nothing else may be in it. */
function onlyBase64(recording: string): string {
  return recording.replace(/[^A-Za-z0-9+/=]/g, '');
}
