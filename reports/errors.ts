import { errorTable } from '../foundation/index.ts';

/** Errors of `reports/`; every code has a heading in `docs/errors/reports.md`. */
export const reportsErrors = errorTable({
  REPORTS_EVENT_INVALID: {
    blame: 'harness',
    summary: 'an event does not follow the event schema and was not recorded',
    remedy: 'this is a defect of Assay or of an extension: report it with the event that is named',
  },
  REPORTS_LOG_CLOSED: {
    blame: 'harness',
    summary: 'an event came after the event log was closed',
    remedy: 'this is a defect of Assay or of an extension: end what writes events before the run ends',
  },
  REPORTS_LOG_WRITE_FAILED: {
    blame: 'host',
    summary: 'the event log cannot be written',
    remedy:
      'see whether the disk is full (`df -h`) and whether the run folder can be written; --out names another',
  },
  REPORTS_LOG_UNREADABLE: {
    blame: 'usage',
    summary: 'the event log cannot be read',
    remedy: 'name the run folder or the events.jsonl of a run; `ls .assay/runs` shows what there is',
  },
  REPORTS_LOG_EMPTY: {
    blame: 'host',
    summary: 'the event log holds no whole event',
    remedy: 'the runner ended before its first event was on the disk; run it again',
  },
  REPORTS_LOG_NEWER: {
    blame: 'usage',
    summary: 'the event log was written by a newer Assay',
    remedy: 'make the report with the Assay that made the run, or with a newer one',
  },
  REPORTS_LOG_DAMAGED: {
    blame: 'host',
    summary: 'the event log is damaged',
    remedy: 'restore the file from a copy, or run again; no report is made from a part of a log',
  },
  REPORTS_MERGE_TWICE: {
    blame: 'usage',
    summary: 'a run is to be merged with itself',
    remedy: 'name each run once: counted twice, it would say more than it has shown',
  },
  REPORTS_MERGE_PARTIAL: {
    blame: 'host',
    summary: 'the merged run is only a part of one',
    remedy: 'run what is missing again, or find its run folder, and merge again',
  },
  REPORTS_RUNNER_ENDED: {
    blame: 'harness',
    summary: 'the runner ended before the scenario did',
    remedy:
      'see how the runner ended (killed, out of memory, a crash it printed), then run the scenario again',
  },
});
