export { boundText } from './bounded-text.ts';
export { describeError } from './describe-error.ts';
export type { CampaignFacts, DrillFacts } from './drill-facts.ts';
export { type DrillTable, drillTable } from './drill-table.ts';
export { formatDuration } from './duration-text.ts';
export { reportsErrors } from './errors.ts';
export { EventLog, type LogClocks } from './event-log.ts';
export { eventLogName, parseEventLog, type ReadEventLog, readEventLog } from './event-log-reader.ts';
export {
  type EventError,
  eventErrorSchema,
  type NewEvent,
  type Outcome,
  outcomes,
  type RunEvent,
  type RunEventKind,
  type RunEventOf,
  type RunFacts,
  runEventSchema,
  type StepCategory,
  schemaVersion,
  stepCategories,
} from './events.ts';
export {
  type Exploration as ExplorationReport,
  explorationFileName,
  explorationSchema,
  type StateCounts,
  type WriteColumn,
  type WriteTimeLine,
} from './exploration.ts';
export { htmlReport } from './html/html-report.ts';
export {
  type ConsoleMaterial,
  type ExplorationMaterial,
  noMaterial,
  type ReportMaterial,
  type ScenarioMaterial,
} from './html/report-material.ts';
export { jsonReport, reportVersion } from './json-report.ts';
export { junitReport } from './junit-report.ts';
export { type LiveViewOptions, liveView } from './live-view.ts';
export { type MergedRuns, type MergeInput, mergeRuns } from './merge-runs.ts';
export {
  countDecisiveOutcomes,
  countOutcomes,
  countsSentence,
  type ShownOutcome,
  shownOutcome,
} from './outcome-counts.ts';
export { plainProgressLine } from './plain-progress.ts';
export { printableCommand, printableLine, printableText } from './printable-text.ts';
export { RunFold } from './run-fold.ts';
export type {
  DrillRun,
  Happenings,
  MachineRun,
  OutcomeCounts,
  Run,
  ScenarioRun,
  StepRun,
} from './run-model.ts';
export { summariseRun } from './run-summary.ts';
export { tapReport } from './tap-report.ts';
export { type TerminalSummaryOptions, terminalSummary } from './terminal-summary.ts';
export { type TimeSpent, timeSpent } from './time-spent.ts';
