import { join } from 'node:path';
import { errorMessage, writeFileDurably } from '../foundation/index.ts';
import { jsonReport, junitReport, type Run, tapReport } from '../reports/index.ts';
import { fileError } from './file-errors.ts';
import { writeHtmlReport } from './report/write-html-report.ts';

/**
 * Writes all reports into the run folder: those for machines, then the HTML report. Where that one cannot be made the
 * others stand, and `run.warnings` says what went wrong.
 *
 * @throws FOUNDATION_DISK_FULL, HARNESS_FOLDER_UNUSABLE for the reports for machines.
 */
export async function writeReports(run: Run, runFolder: string): Promise<void> {
  const reports = { 'summary.json': jsonReport, 'junit.xml': junitReport, 'results.tap': tapReport };
  for (const [name, render] of Object.entries(reports)) {
    const path = join(runFolder, name);
    await writeFileDurably(path, render(run)).catch((error: unknown) => {
      throw fileError(`write ${path}`, error);
    });
  }
  await writeHtmlReport(run, runFolder).catch((error: unknown) => {
    run.warnings.push(`the HTML report could not be written: ${errorMessage(error)}`);
  });
}
