import { printableCommand } from '../printable-text.ts';
import { html, type Markup } from './markup.ts';

/** A command with a button that copies it. */
export function copyableCommand(command: string): Markup {
  return html`<span class="command">
    <code>${printableCommand(command)}</code>
    <button type="button" class="copy" data-copy aria-label="copy the command">copy</button>
  </span>`;
}
