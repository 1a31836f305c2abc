import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/index.ts';
import type { MachineSpec } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { StartBranching } from './branching/start-branching.ts';
import type { DrillSubject } from './drill-subject.ts';
import { injectionSeed, type PlannedFault } from './fault-plan.ts';
import { Injection } from './injection.ts';
import type { MachineVariation } from './machine-variation.ts';
import { momentText } from './moment.ts';

/** The faults of one drill. The scenario works with {@link bench}, and knows nothing of them. */
export class Drill {
  /** What the scenario works with. */
  readonly bench: Bench;
  readonly #real: Bench;
  readonly #variation: MachineVariation | undefined;
  readonly #injections: readonly Injection[];
  readonly #subjects: DrillSubject[] = [];

  constructor(bench: Bench, plan: readonly PlannedFault[]) {
    this.#real = bench;
    this.#variation = bench.variation;
    this.#injections = plan.map(
      (planned, index) => new Injection(bench, planned, injectionSeed(bench.seed, planned, index)),
    );
    const { sharedStarts } = bench;
    const branching = sharedStarts && new StartBranching(bench, sharedStarts, this.#injections);
    this.bench = {
      ...bench,
      machine: (spec) => bench.machine(this.#withIntercepted(this.#variation?.onController(spec) ?? spec)),
      toReady: (machine, start) => branching?.toReady(machine, start) ?? start(),
      subject: (subject) => {
        this.#subjects.push(subject);
        for (const injection of this.#injections) injection.offer(subject);
      },
      step: (sentence, action, options) =>
        bench.step(
          sentence,
          async () => {
            for (const injection of this.#injections) await injection.onStep(sentence);
            return await action();
          },
          options,
        ),
    };
  }

  /** Whether any fault was injected by now. */
  get hasBegun(): boolean {
    return this.#injections.some(({ isInjected }) => isInjected);
  }

  /** Resolves when no fault is being injected: what it breaks may be noticed before its injection is over. */
  async settled(): Promise<void> {
    await Promise.all(this.#injections.map((injection) => injection.settled()));
  }

  /** How many faults wait for their moment. */
  get pendingCount(): number {
    return this.#injections.filter(({ hasFired }) => !hasFired).length;
  }

  /** The subjects that a fault was injected into. */
  get hitSubjects(): DrillSubject[] {
    return this.#subjects.filter((subject) =>
      this.#injections.some((injection) => injection.isInjected && injection.subject === subject),
    );
  }

  /** Whether the moment of a fault for this subject has come, whatever came of it. */
  hasComeTo(subject: DrillSubject): boolean {
    return this.#injections.some((injection) => injection.hasFired && injection.subject === subject);
  }

  /** Whether a fault that was injected shows itself by an error of this code. */
  isNoticedAs(code: string): boolean {
    return this.#injections.some(
      ({ isInjected, planned }) => isInjected && planned.declaration.noticedAs?.includes(code),
    );
  }

  /** Keeps the plan beside the evidence. @param ends Its rightful end, where that is not "well". */
  async keepPlan(ends?: string): Promise<void> {
    const path = join(this.#real.evidenceFolder, 'plan.json');
    const faults = this.#injections.map(({ text, planned, seed }) => {
      const { declaration, parameters, machine, disk, moment } = planned;
      return { text, fault: declaration.name, parameters, machine, disk, moment: momentText(moment), seed };
    });
    const plan = { version: 1, seed: this.#real.seed, ends, faults };
    await writeFileDurably(path, `${JSON.stringify(plan, null, 2)}\n`);
    await this.#real.artifact(path, 'json');
  }

  /** Ends all faults that go on. */
  async stop(): Promise<void> {
    for (const injection of this.#injections) await injection.stop();
  }

  /**
   * That every fault of the plan happened (design 8), in a machine that was built as the drill says.
   *
   * @throws as `Injection.assertHappened` and `MachineVariation.assertTaken`
   */
  assertHappened(): void {
    this.#variation?.assertTaken();
    const names = this.#subjects.map(({ machine }) => machine.name);
    for (const injection of this.#injections) injection.assertHappened(names);
  }

  /** What kept a fault from being injected. */
  get injectionError(): unknown {
    return this.#injections.find(({ error }) => error !== undefined)?.error;
  }

  /** What the faults need of the disks: requests through the runner, and an image that may be written to. */
  #withIntercepted(spec: MachineSpec): MachineSpec {
    if (spec.disks === undefined) return spec;
    const plan = this.#injections.map(({ planned }) => planned);
    const disks = spec.disks.map((disk, index) => {
      const isNeeded = plan.some((planned) => isIntercepted(planned, spec.name, disk, index));
      return isNeeded ? { ...disk, intercepted: true } : disk;
    });
    return { ...spec, disks };
  }
}

type DiskSpec = NonNullable<MachineSpec['disks']>[number];

function isIntercepted(planned: PlannedFault, machine: string, disk: DiskSpec, index: number): boolean {
  if (planned.machine !== undefined && planned.machine !== machine) return false;
  const { moment, declaration } = planned;
  if ((moment.kind === 'write' || moment.kind === 'in-write') && moment.disk === disk.name) return true;
  if (declaration.disk === 'all-intercepted') return true;
  const isMeant = planned.disk === undefined ? index === 0 : planned.disk === disk.name;
  // Of a disk that is an overlay, the fault gets a copy: the image below it is not the scenario's to damage.
  const hasImage = disk.writes === 'kept';
  return isMeant && (declaration.disk === 'intercepted' || (declaration.disk === 'image' && !hasImage));
}
