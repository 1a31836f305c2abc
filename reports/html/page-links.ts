import { printableCommand } from '../printable-text.ts';
import { html, type Markup } from './markup.ts';
import type { ScenarioMaterial } from './report-material.ts';

/** A path of the run as a link, or as mere text where nobody knows what it would lead to. */
export function pathLink(path: string, { links }: Pick<ScenarioMaterial, 'links'>): Markup {
  const href = Object.hasOwn(links, path) ? links[path] : undefined;
  const shown = html`<code>${printableCommand(path)}</code>`;
  return href === undefined ? shown : html`<a href=${safeHref(href)}>${shown}</a>`;
}

/**
 * A relative path, or a path of the host's file system, as an address that cannot be anything else: `javascript:x` is
 * a file of that name.
 */
export function safeHref(path: string): string {
  const encoded = path.toWellFormed().split('/').map(encodeURIComponent).join('/');
  return encoded.startsWith('/') ? `file://${encoded}` : `./${encoded}`;
}
