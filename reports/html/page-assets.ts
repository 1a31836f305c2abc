import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the page carries in itself: its own style and script, and the player of recordings. */
export interface PageAssets {
  style: string;
  script: string;
  playerStyle: string;
  /** Inert until somebody opens a console. */
  playerScript: string;
}

let loaded: PageAssets | undefined;

/** Reads the files that every page is made of, once; they lie beside this code and in the player's package. */
export function pageAssets(): PageAssets {
  loaded ??= {
    style: textOf(new URL('./report-page.css', import.meta.url).href),
    script: textOf(new URL('./report-page.js', import.meta.url).href),
    playerStyle: textOf(import.meta.resolve('asciinema-player/dist/bundle/asciinema-player.css')),
    playerScript: textOf(import.meta.resolve('asciinema-player/dist/bundle/asciinema-player.min.js')),
  };
  return loaded;
}

/**
 * The policy that keeps every request in the page (Content Security Policy Level 3): nothing may be fetched from
 * anywhere, and no script or style runs but the ones that are named by their hash. The player is WebAssembly, which
 * is in its script.
 */
export function contentPolicy({ style, script, playerStyle, playerScript }: PageAssets): string {
  return [
    "default-src 'none'",
    `script-src ${sourceHash(script)} ${sourceHash(playerScript)} 'wasm-unsafe-eval'`,
    `style-src ${sourceHash(style)} ${sourceHash(playerStyle)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The policy of a page that only has the page's own style, and no script. */
export function stylePolicy({ style }: Pick<PageAssets, 'style'>): string {
  return [
    "default-src 'none'",
    `style-src ${sourceHash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** As it will stand in the page: one kind of line end, or its hash would not be that of what a browser reads. */
function textOf(url: string): string {
  return readFileSync(fileURLToPath(url), 'utf8').replace(/\r\n?/g, '\n');
}
