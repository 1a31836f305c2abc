import type { RunEventOf, StepCategory } from '../reports/index.ts';
import type { Machine, MachineSpec } from '../vm/index.ts';
import type { SharedStarts } from './drills/branching/start-branching.ts';
import type { DrillSubject } from './drills/drill-subject.ts';
import type { MachineVariation } from './drills/machine-variation.ts';

/** What a file in the report is: `console-log`, `asciicast`, `disk`, `json`, `log`, `other`. */
export type ArtifactKind = RunEventOf<'artifact'>['what'];

/** What a step is about, beside its sentence. */
export interface StepOptions {
  /** Where the step's time is counted. */
  category?: StepCategory;
  /** The machine that it is about. */
  machine?: string;
}

/** What a scenario works with: machines, steps, checks, and a place for its files (spec H1–H3). */
export interface Bench {
  /** Aborts when the time is over or the run is interrupted; give it to everything that waits. */
  readonly signal: AbortSignal;
  /** What --seed says, else drawn for the run and printed: the source of everything random. */
  readonly seed: string;
  /** What --timeout-scale says, 1 by default; waits of machines follow it by themselves. */
  readonly timeoutScale: number;
  /** The scenario's own folder for disks and scratch files. Removed when it passes, unless --keep. */
  readonly workFolder: string;
  /** Kept whatever happens: what is to be seen afterwards. */
  readonly evidenceFolder: string;
  /** What machines are built with whose scenario leaves it open: a drill's controller and layout. @internal */
  readonly variation?: MachineVariation;
  /** First starts that the drills of a run share. @internal */
  readonly sharedStarts?: SharedStarts | undefined;

  /**
   * One step of the story, timed, named by a sentence; steps nest, and may run at the same time.
   *
   * @returns what the action returns.
   * @throws whatever the action throws.
   * @example
   * const gateway = await bench.step('the gateway starts', () => machine.powerOn(), { category: 'boot' });
   */
  step<Result>(
    sentence: string,
    action: () => Result | Promise<Result>,
    options?: StepOptions,
  ): Promise<Result>;

  /**
   * A machine, off; the bench disposes of it at the end.
   *
   * Machines with the same `network` at a card hear each other.
   *
   * @throws FOUNDATION_CONFIG_INVALID or VM_SPEC_INVALID when it is declared wrongly.
   * @example
   * const machine = await bench.machine({
   *   name: 'gateway',
   *   memoryMiB: 256,
   *   disks: [{ name: 'system', path: '/images/gateway.raw', controller: 'ahci' }],
   * });
   * const running = await machine.powerOn();
   */
  machine(spec: MachineSpec): Promise<Machine>;

  /** Brings a machine from power-on to where it is ready by `start`; a drill may go on from a checkpoint there. @internal */
  toReady?<Result>(machine: Machine, start: () => Promise<Result>): Promise<Result>;

  /**
   * Says that the scenario is about this machine, and how one tells that it is well: for drills, which inject faults into
   * it. A factory's units and redundant units have said so themselves. Call it before the machine is switched on.
   *
   * @example
   * bench.subject({ machine, becomesWell: async (signal) => { … } });
   */
  subject(subject: DrillSubject): void;

  /**
   * Claims something of the product: `got` has to equal `expected`, deeply and strictly.
   *
   * @param claim What is true when they are equal: a sentence for the report.
   * @throws HARNESS_CHECK_FAILED with both and their difference: the scenario has failed.
   * @example
   * bench.check('the shell answers', output, '42\n');
   */
  check(claim: string, got: unknown, expected: unknown): void;

  /**
   * A fault that has just been injected, with what proves it (design 8).
   *
   * @throws HARNESS_FAULT_UNPROVED without a proof: a drill whose fault did not happen says nothing.
   */
  fault(what: string, proof: string, machine?: string): void;

  /** A remark for the report. */
  note(text: string): void;

  /** A number for the report: `measure('boot', 2.1, 's')`. */
  measure(name: string, value: number, unit: string): void;

  /** A machine that a drill had hit is well again, so many milliseconds after its faults were stopped. @internal */
  recovered(machine: string, durationMs: number): void;

  /**
   * Puts a file into the report. One from the work folder is copied to the evidence as it is now.
   *
   * @throws HARNESS_ARTIFACT_MISSING when it is not there.
   */
  artifact(path: string, kind: ArtifactKind): Promise<void>;

  /** Registers a clean-up, run at the end of the scenario whatever happens, last registered first. */
  defer(what: string, cleanup: () => unknown): void;

  /** Ends the scenario: it cannot say anything here, and the reason says why. */
  skip(reason: string): never;
}
