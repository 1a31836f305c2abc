export type {
  ActiveDiskFault,
  ArmedWriteMoment,
  Checkpoint,
  CommandOptions,
  CommandResult,
  ConsoleMatch,
  ConsolePattern,
  DiskFault,
  DiskRequestCounts,
  ExpectOptions,
  Fork,
  ForkDisk,
  ForkOptions,
  GuestRequest,
  GuestResponse,
  HardwareChange,
  HeldWrite,
  InterceptedDisk,
  LoseUnflushed,
  LostWrites,
  Machine,
  MachineEnd,
  MachineSpec,
  PatternsByKey,
  QmpEvent,
  RunningMachine,
  SerialConsole,
  WriteMoment,
} from '../vm/index.ts';
export { plugCable, pullCable } from '../vm/index.ts';
export { Appliance, type UnitOptions } from './appliance/appliance.ts';
export { createFactory, Factory, type LayoutName, preInstallStages } from './appliance/factory.ts';
export type { DiskSet } from './appliance/kept-disks.ts';
export { type Profile, readProfile } from './appliance/profile.ts';
export type { ReadyReport } from './appliance/ready-report.ts';
export { type UnitHardware, type UnitModel, unitHardware } from './appliance/unit-hardware.ts';
export type { ArtifactKind, Bench, StepOptions } from './bench.ts';
export type { DrillSubject } from './drills/drill-subject.ts';
export { emulatedMachines } from './emulated-machines.ts';
export {
  type DeclaredFile,
  type ExploredDisk,
  fileSystemsJudge,
  filesJudge,
  type Judge,
  type JudgedDisk,
  partitionTableJudge,
  type SubjectExploration,
  type Verdict,
} from './explorer/index.ts';
export {
  type ByteRange,
  type DamageBytesOptions,
  type DamageFileOptions,
  type DamageFileSystemOptions,
  type DamageHow,
  type DamageOptions,
  damageBytes,
  damageFile,
  damageFileSystem,
  type FileInjection,
  type Injection,
} from './faults/index.ts';
export { type LoadedScenario, loadScenarios } from './load-scenarios.ts';
export type { MachineEvent, MachineSurroundings, Machines } from './machines.ts';
export { type RecoveryMediumOptions, recoveryMedium } from './recovery-medium.ts';
export type { LogicChanges } from './redundant/logic-text.ts';
export { redundantUnit } from './redundant/make-redundant-unit.ts';
export {
  type RedundantMachineDisk,
  type RedundantMachineOptions,
  redundantMachine,
} from './redundant/redundant-machine.ts';
export {
  RedundantSet,
  type RedundantSetOptions,
  type RedundantUpdateOptions,
  redundantSet,
} from './redundant/redundant-set.ts';
export {
  type BootDecisionReport,
  type KnownStateReport,
  RedundantUnit,
} from './redundant/redundant-unit.ts';
export { type RunOptions, type RunResult, runScenarios } from './run-scenarios.ts';
export {
  type Scenario,
  type ScenarioBody,
  type ScenarioNeeds,
  type ScenarioOptions,
  scenario,
} from './scenario.ts';
export { type Selection, selectScenarios } from './select-scenarios.ts';
export { smallSystem } from './small-system.ts';
export {
  type BootControlValue,
  type BootStatesReading,
  type BootStatesValue,
  type CompareOptions,
  type DifferingRange,
  type DiskComparison,
  type DiskRecord,
  type FilePlace,
  type FileSystemCheck,
  type FileSystemFacts,
  type Find,
  type FindOptions,
  type FolderEntry,
  type InspectedDisk,
  type InspectedPartition,
  type InspectOptions,
  inspectDisk,
  type LayoutText,
  type LcdFrame,
  type LcdReading,
  type LcdSize,
  type PartitionEntry,
  type PartitionTable,
  type Place,
  type RecordCopy,
  type RecordKind,
  type RecordValue,
  readLayoutText,
  readLcdFrames,
  type SectorRange,
  type TreeEntry,
} from './witness/index.ts';
