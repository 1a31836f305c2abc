import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { htmlReportName } from '../report/write-html-report.ts';

/** Where a run's page lies (nothing where there is none) and its evidence, seen from here: what a summary ends with. */
export function placesOfRun(runFolder: string): string {
  const pagePath = join(runFolder, htmlReportName);
  const page = existsSync(pagePath) ? `report: ${relative(process.cwd(), pagePath)}\n` : '';
  return `${page}evidence: ${relative(process.cwd(), runFolder) || '.'}\n`;
}
