import { dirname, join } from 'node:path';
import { writeFileDurably } from '../../foundation/index.ts';
import { htmlReport, type Run } from '../../reports/index.ts';
import { fileError } from '../file-errors.ts';
import { readReportMaterial } from './report-material.ts';

/** The name of the HTML report in a run's folder. */
export const htmlReportName = 'report.html';

/**
 * Writes the HTML report of a run: one file that needs no other. It overwrites one that is there.
 *
 * @param run The model of the run in the folder, also of a merged one.
 * @param path Where; by default `report.html` in the run's folder. Links in it are relative to there.
 * @returns where it was written.
 * @throws FOUNDATION_DISK_FULL, HARNESS_FOLDER_UNUSABLE, also where the event log cannot be read.
 */
export async function writeHtmlReport(
  run: Run,
  runFolder: string,
  path = join(runFolder, htmlReportName),
): Promise<string> {
  try {
    const material = await readReportMaterial(run, runFolder, dirname(path));
    await writeFileDurably(path, htmlReport(run, material));
    return path;
  } catch (error) {
    throw fileError(`write ${path}`, error);
  }
}
