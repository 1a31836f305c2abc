import type { ConsoleSign } from './console/console-watch.ts';
import type { EthernetNetworks } from './ethernet-networks.ts';
import type { QmpEvent } from './qmp-client.ts';
import type { RecordingNotice } from './replay/machine-recordings.ts';

/** What happens to a machine, for whoever keeps the log of a run. */
export interface MachineObserver {
  /** Begins with QEMU and is awaited before the first instruction: nothing has written to the disks yet. */
  beforeFirstInstruction?: (machine: string) => Promise<void>;
  /** Awaited at the machine's end, when nothing uses the disks any more; overlays are still there. */
  onDisposal?: (machine: string) => Promise<void>;
  /** Power on, cut, and the like; `qemuPid` when a QEMU has just been started. */
  onPower?: (machine: string, action: PowerAction, qemuPid?: number) => void;
  onQmpEvent?: (machine: string, event: QmpEvent) => void;
  onConsoleSign?: (machine: string, port: string, sign: ConsoleSign) => void;
  onConsoleMatch?: (machine: string, port: string, expected: string, view: string) => void;
  /** The last line of a console has changed; called at most a few times a second. */
  onConsoleLine?: (machine: string, port: string, line: string) => void;
  /** What came of recording a power-on; only where `record` asks for it. */
  onRecording?: (machine: string, notice: RecordingNotice) => void;
  /** A file of evidence exists from now on. */
  onArtifact?: (machine: string, kind: 'console-log' | 'asciicast' | 'qemu-log', path: string) => void;
}

export type PowerAction = 'on' | 'button' | 'reset' | 'cut' | 'powered-off' | 'died';

/** Where and how a machine runs; the same for all machines of a scenario. */
export interface MachineContext {
  /** Evidence: consoles, recordings, QEMU's messages, overlays. A folder per machine is made in it. */
  workFolder: string;
  /** Sockets; short, private, and swept when its run is dead. */
  runtimeFolder: string;
  accelerator: 'kvm' | 'tcg';
  /** Multiplies every deadline. */
  timeoutScale?: number;
  observer?: MachineObserver;
  /** Gives forks of its checkpoints, by name, somebody who observes them; without it, nobody does. */
  observeFork?: (fork: string) => MachineObserver;
  /** Networks between machines; whoever makes the machines ends them after the last one. */
  networks?: EthernetNetworks;
  /** Every power-on is recorded for an exact replay, where that is possible (docs/record-and-replay.md). */
  record?: boolean;
  /** Another QEMU than the one on the PATH. */
  qemuProgram?: string;
}
