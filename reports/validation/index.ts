export type {
  AttachedTogether,
  CloneBoot,
  ClonedMachine,
  ComparedIdentity,
  DivergedFile,
  Divergence,
  ProofDrill,
  ProofReport,
} from './proof-report.ts';
export { readyClones } from './proof-words.ts';
export { validationHtml } from './validation-html.ts';
export { validationJunit } from './validation-junit.ts';
export {
  type ReportedFinding,
  type ReportedKind,
  type ToldFinding,
  toldFindings,
  type ValidationReport,
  type Verdict,
  validationReportSchema,
  verdicts,
  verdictWords,
} from './validation-report.ts';
export { validationSarif } from './validation-sarif.ts';
export { validationText } from './validation-text.ts';
