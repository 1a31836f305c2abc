import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import open from 'open';
import { exitCodes } from '../../exit-code.ts';
import { findRun } from '../../find-run.ts';
import { htmlReportName, writeHtmlReport } from '../../report/write-html-report.ts';
import type { Command } from '../command.ts';
import { flag, text } from '../option-values.ts';

/** `assay report open`: the page of a run in the browser. */
export const reportOpen: Command = {
  usage: 'open [run]',
  summary: "open a run's HTML report in the browser, or say where it is",
  options: {
    renew: { type: 'boolean', describe: 'write the page anew from the event log first' },
  },
  examples: [
    ['assay report open', 'the newest run of this folder'],
    ['assay report open 98bc --renew', 'a page made by the Assay of today from a log of yesterday'],
  ],
  async run(words) {
    const { run, folder } = await findRun(text(words, 'run') ?? 'latest');
    const path = join(folder, htmlReportName);
    const isThere = (await stat(path).catch(() => undefined)) !== undefined;
    if (!isThere || flag(words, 'renew')) await writeHtmlReport(run, folder);
    const opened = hasDisplay() && (await openInBrowser(path));
    if (flag(words, 'json')) {
      process.stdout.write(`${JSON.stringify({ path, opened })}\n`);
      return exitCodes.passed;
    }
    process.stdout.write(`${relative(process.cwd(), path)}\n`);
    if (!opened) process.stderr.write(`${howToOpen(path)}\n`);
    return exitCodes.passed;
  },
};

function hasDisplay(): boolean {
  return [process.env.DISPLAY, process.env.WAYLAND_DISPLAY].some((display) => (display ?? '') !== '');
}

/** False where there is no program that opens pages. */
async function openInBrowser(path: string): Promise<boolean> {
  return await open(path).then(
    () => true,
    () => false,
  );
}

function howToOpen(path: string): string {
  return (
    `It could not be opened here${hasDisplay() ? '' : ', for there is no display'}. In a browser of this host: ` +
    `${pathToFileURL(path)}\nOn another host: copy the run folder there and open the file; it needs no server.`
  );
}
