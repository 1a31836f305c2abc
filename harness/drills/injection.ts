import type { Machine, RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from './drill-subject.ts';
import { drillsErrors } from './errors.ts';
import type { FaultTargetDisk, InjectedFault } from './fault-declaration.ts';
import { type PlannedFault, plannedFaultText } from './fault-plan.ts';
import { momentText } from './moment.ts';
import { momentCompanion } from './moment-watch.ts';
import { targetLayout } from './target-layout.ts';

/** One planned fault on its way: armed when its machine is known, injected at its moment, reported with its proof. */
export class Injection {
  readonly planned: PlannedFault;
  readonly seed: string;
  readonly #bench: Bench;
  #subject: DrillSubject | undefined;
  #running: RunningMachine | undefined;
  #firing: Promise<void> | undefined;
  #injected: InjectedFault | undefined;
  #error: unknown;
  #stopping: Promise<void> | undefined;
  #isReported = false;

  constructor(bench: Bench, planned: PlannedFault, seed: string) {
    this.#bench = bench;
    this.planned = planned;
    this.seed = seed;
  }

  /** The plan's text: what the report and the command line call it. */
  get text(): string {
    return plannedFaultText(this.planned);
  }

  /** The machine that it is meant for, from when it is known. */
  get subject(): DrillSubject | undefined {
    return this.#subject;
  }

  /** Whether its moment has come. */
  get hasFired(): boolean {
    return this.#firing !== undefined;
  }

  get isInjected(): boolean {
    return this.#injected !== undefined;
  }

  /** What kept it from being injected. */
  get error(): unknown {
    return this.#error;
  }

  /** Takes the scenario's subject for its own where the plan means it. */
  offer(subject: DrillSubject): void {
    const { machine, moment } = this.planned;
    if (this.#subject !== undefined || (machine !== undefined && machine !== subject.machine.name)) return;
    this.#subject = subject;
    subject.machine.accompany({
      beforeFirstInstruction: async (running) => {
        this.#running = running;
      },
    });
    const companion = momentCompanion(moment, {
      machine: subject.machine,
      signal: this.#bench.signal,
      scratchFolder: this.#bench.workFolder,
      diskNamed: (name) => this.#diskNamed(subject, name),
      onMoment: () => this.fire(),
      onError: (error) => this.#fail(error),
    });
    subject.machine.accompany(companion);
  }

  /** A step of the scenario begins. */
  async onStep(sentence: string): Promise<void> {
    const { moment } = this.planned;
    if (moment.kind === 'step' && this.#subject !== undefined && moment.pattern.test(sentence))
      await this.fire();
  }

  /** Its moment has come; only the first time counts. Never throws: what went wrong is its {@link error}. */
  async fire(): Promise<void> {
    this.#firing ??= this.#inject().catch((error) => this.#fail(error));
    await this.#firing;
  }

  /** Resolves when it is not being injected just now. */
  async settled(): Promise<void> {
    await this.#firing;
  }

  /** Ends what goes on, once, and reports it. */
  async stop(): Promise<void> {
    await this.#firing;
    this.#stopping ??= (async () => this.#injected?.stop?.())();
    await this.#stopping;
    this.#report();
  }

  /**
   * That it happened (design 8).
   *
   * @throws DRILLS_NO_SUBJECT, DRILLS_MOMENT_NEVER_CAME, DRILLS_FAULT_WITHOUT_EFFECT, or what kept it from being injected.
   */
  assertHappened(subjectNames: readonly string[]): void {
    const { machine, moment } = this.planned;
    if (this.#error !== undefined) throw this.#error;
    const tried = `inject ${this.text}`;
    if (this.#subject === undefined) {
      const got =
        subjectNames.length === 0 ? 'no machine is a subject' : `subjects: ${subjectNames.join(', ')}`;
      throw drillsErrors.DRILLS_NO_SUBJECT({
        tried,
        ...(machine && { expected: `a subject ${machine}` }),
        got,
      });
    }
    if (this.#injected === undefined) {
      const got = whatCameInstead(this.#subject.machine, moment);
      throw drillsErrors.DRILLS_MOMENT_NEVER_CAME({
        tried,
        expected: momentText(moment),
        ...(got && { got }),
      });
    }
    if (this.#isReported) return;
    throw drillsErrors.DRILLS_FAULT_WITHOUT_EFFECT({
      tried,
      got: `${this.#injected.what}; nothing has met it`,
    });
  }

  async #inject(): Promise<void> {
    const { declaration, parameters, disk, moment } = this.planned;
    const { machine } = this.#subject!;
    this.#refuseWrongState();
    const isOn = () => (this.#running?.isOn ? this.#running : undefined);
    const injected = await this.#bench.step(
      `fault: ${this.text}`,
      async () =>
        declaration.inject(
          {
            machine,
            get running() {
              return isOn();
            },
            seed: this.seed,
            holdsWrite: moment.kind === 'write' || moment.kind === 'in-write',
            disk:
              declaration.disk === undefined || declaration.disk === 'all-intercepted'
                ? undefined
                : await this.#diskNamed(this.#subject!, disk),
            scratchFolder: this.#bench.workFolder,
            signal: this.#bench.signal,
          },
          parameters,
        ),
      { category: 'fault', machine: machine.name },
    );
    this.#injected = injected;
    if (injected.happened === undefined) this.#report();
    else injected.happened.then(() => this.#report()).catch((error) => this.#fail(error));
  }

  #refuseWrongState(): void {
    const { declaration } = this.planned;
    const state = this.#subject!.machine.isOn ? 'on' : 'off';
    if (declaration.when === 'either' || declaration.when === state) return;
    throw drillsErrors.DRILLS_WRONG_MOMENT({
      tried: `inject ${this.text}`,
      expected: `that the machine is ${declaration.when}`,
      got: `it is ${state}`,
    });
  }

  #report(): void {
    const proof = this.#injected?.proof();
    if (this.#isReported || proof === undefined) return;
    this.#isReported = true;
    this.#bench.fault(this.#injected!.what, proof, this.#subject!.machine.name);
  }

  #fail(error: unknown): void {
    this.#error ??= error;
  }

  /** The first disk without a name. */
  async #diskNamed(subject: DrillSubject, name?: string): Promise<FaultTargetDisk> {
    const found = diskOf(subject.machine, name, this.text);
    const layout = await targetLayout(subject, found.name);
    return { ...found, ...(layout && { layout }) };
  }
}

function diskOf(machine: Machine, name: string | undefined, text: string): FaultTargetDisk {
  const files = machine.diskFiles;
  const found = name === undefined ? files[0] : files.find((disk) => disk.name === name);
  if (found !== undefined) return found;
  throw drillsErrors.DRILLS_NOT_APPLICABLE({
    tried: `inject ${text}`,
    expected:
      files.length === 0
        ? 'a machine with disks'
        : `a disk of ${machine.name}: ${files.map((disk) => disk.name).join(', ')}`,
    got: name ?? 'none',
  });
}

/** How far it came, where that is a number. */
function whatCameInstead(machine: Machine, moment: PlannedFault['moment']): string | undefined {
  if (moment.kind !== 'write' && moment.kind !== 'in-write') return undefined;
  const { writes } = machine.disk(moment.disk).requests;
  return `${writes} writes to disk ${moment.disk} since its last power-on`;
}
