import type { NewEvent } from '../reports/index.ts';
import type { EthernetNetworks, Machine, MachineSpec } from '../vm/index.ts';

/** What the bench lends a machine for its life in one scenario. */
export interface MachineSurroundings {
  /** Every deadline is multiplied by it. */
  timeoutScale: number;
  /** Relative to it, artifacts are named in events. */
  runFolder: string;
  /** The scenario's evidence: console logs, recordings, QEMU's own log. */
  evidenceFolder: string;
  /** The scenario's scratch files, which stay where it fails. */
  workFolder: string;
  /** For unix sockets and locks: its path is short, and it goes with the run. */
  runtimeFolder: string;
  /** Networks between the scenario's machines; the bench ends them after the machines. */
  networks: EthernetNetworks;
  /** Aborts when the scenario is over, whatever is under way. */
  signal: AbortSignal;
  /** Adds an event to the log; scenario and step are filled in. */
  emit(event: MachineEvent): void;
  /** Says how the machine's console can be looked at. */
  offerConsole(machine: string, view: ConsoleView): void;
}

/** What can be seen of a machine's console at any time. */
export interface ConsoleView {
  /** The line that was written last, for the live view. */
  lastLine(): string | undefined;
  /** The last lines, for the report of a failure; asked for when the machine has been disposed of. */
  tail(): string[];
}

type WithoutPlace<Event> = Event extends unknown ? Omit<Event, 'scenarioId' | 'stepId'> : never;

/** The events that a machine causes, without the place that the bench knows. */
export type MachineEvent = WithoutPlace<
  Extract<
    NewEvent,
    {
      kind:
        | 'machine-started'
        | 'machine-ended'
        | 'power'
        | 'qmp'
        | 'console'
        | 'artifact'
        | 'disk-map'
        | 'note';
    }
  >
>;

/** Makes the machines of scenarios, switched off; the bench disposes of each at the scenario's end. */
export interface Machines {
  /** Makes a machine from its declaration, off. @throws FOUNDATION_CONFIG_INVALID, VM_SPEC_INVALID */
  create(spec: MachineSpec, surroundings: MachineSurroundings): Promise<Machine>;
}
