import { html, type Markup } from './markup.ts';

const keys: [keys: string[], does: string][] = [
  [['n', 'j'], 'next failure'],
  [['p', 'k'], 'previous failure'],
  [['c'], 'copy the command that runs the present failure again'],
  [['s'], 'all scenarios'],
  [['/'], 'filter the scenarios'],
  [['u'], 'unfold, or fold, all scenarios'],
  [['t'], 'where the time went'],
  [['?'], 'this help'],
  [['Tab', 'Enter'], 'every link and button; Enter on a time or an event shows the console at that moment'],
  [['\u2190', '\u2192'], 'in a time line: the previous and the next event'],
  [['Esc'], 'from a console back to the event that led there'],
  [['Space', ',', '.'], 'in a console: play or pause; one step back, one step on'],
  [['[', ']'], 'in a console: the previous and the next marker (power on)'],
];

/** What the keys do, in a dialog that `?` opens; the player's own keys work while a console has the focus. */
export function keyboardHelp(): Markup {
  return html`<dialog class="help" data-keys aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    <dl>${keys.map(([names, does]) => html`<div><dt>${names.map((name) => html`<kbd>${name}</kbd> `)}</dt><dd>${does}</dd></div>`)}</dl>
    <p><button type="button" data-close>close</button></p>
  </dialog>`;
}
