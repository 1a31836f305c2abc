/** A process that writes the HTML report of a run from its folder: `report-program.ts RUN_FOLDER`. */
import { writeHtmlReport } from '../harness/report/write-html-report.ts';
import { readEventLog, summariseRun } from '../reports/index.ts';

const runFolder = process.argv[2]!;
await writeHtmlReport(summariseRun(await readEventLog(runFolder)), runFolder);
