export { type Acknowledgement, acknowledgedBefore } from './acknowledgements.ts';
export { clustersOf, type StateCluster, testOrder } from './clusters.ts';
export { describeBound, type FailureBound, failureBound } from './confidence.ts';
export { type CrashState, formatCrashState, parseCrashState } from './crash-state.ts';
export { type PlaceOf, placesOfTable, tableOrNull } from './disk-places.ts';
export { type Stratum, strata } from './distinct-states.ts';
export type { Epoch } from './epochs.ts';
export { explorerErrors } from './errors.ts';
export type { Exploration, ExploredState } from './exploration.ts';
export { type ExploreOptions, exploreStates, type StratumCount } from './explore-states.ts';
export { type DeclaredFile, fileSystemsJudge, filesJudge, partitionTableJudge } from './fast-witnesses.ts';
export {
  type Judge,
  type JudgedState,
  type Judgement,
  type JudgeOptions,
  judgeStates,
  type Verdict,
} from './judge-states.ts';
export { JudgedDisk, wholeDiskNumber } from './judged-disk.ts';
export type { Span } from './span.ts';
export type { ReportedState, SpanReport } from './span-report.ts';
export { StateDisk } from './state-disk.ts';
export type { ExploredDisk, ForkedSubject, SubjectExploration } from './subject-exploration.ts';
export { type HistoryEntry, readWriteHistory, type WriteHistory } from './write-history.ts';
export { type WriteStateOptions, writeState } from './write-state.ts';
