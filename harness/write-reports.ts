import { join } from 'node:path';
import { writeFileDurably } from '../foundation/index.ts';
import { jsonReport, junitReport, type Run, tapReport } from '../reports/index.ts';
import { fileError } from './file-errors.ts';

/** Writes the reports for machines into the run folder. @throws FOUNDATION_DISK_FULL, HARNESS_FOLDER_UNUSABLE */
export async function writeReports(run: Run, runFolder: string): Promise<void> {
  const reports = { 'summary.json': jsonReport, 'junit.xml': junitReport, 'results.tap': tapReport };
  for (const [name, render] of Object.entries(reports)) {
    const path = join(runFolder, name);
    await writeFileDurably(path, render(run)).catch((error: unknown) => {
      throw fileError(`write ${path}`, error);
    });
  }
}
