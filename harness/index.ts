export type { Machine, MachineSpec, RunningMachine, SerialConsole } from '../vm/index.ts';
export { Appliance, type UnitOptions } from './appliance/appliance.ts';
export { createFactory, Factory, type LayoutName, preInstallStages } from './appliance/factory.ts';
export type { DiskSet } from './appliance/kept-disks.ts';
export type { ReadyReport } from './appliance/ready-report.ts';
export { type UnitHardware, unitHardware } from './appliance/unit-hardware.ts';
export type { ArtifactKind, Bench, StepOptions } from './bench.ts';
export { emulatedMachines } from './emulated-machines.ts';
export { damageBytes, damageFile, damageFileSystem, type Injection } from './faults/index.ts';
export { type LoadedScenario, loadScenarios } from './load-scenarios.ts';
export type { MachineEvent, MachineSurroundings, Machines } from './machines.ts';
export { type RunOptions, type RunResult, runScenarios } from './run-scenarios.ts';
export {
  type Scenario,
  type ScenarioBody,
  type ScenarioNeeds,
  type ScenarioOptions,
  scenario,
} from './scenario.ts';
export { type Selection, selectScenarios } from './select-scenarios.ts';
export {
  type InspectedDisk,
  inspectDisk,
  type LcdFrame,
  readLayoutText,
  readLcdFrames,
  type TreeEntry,
} from './witness/index.ts';
