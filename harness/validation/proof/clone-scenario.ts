import type { CloneBoot } from '../../../reports/validation/proof-report.ts';
import type { Machine, RunningMachine } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { judge } from '../../judge.ts';
import type { Scenario } from '../../scenario.ts';
import { openClonedDisk } from '../divergence/cloned-disk.ts';
import { describeChanges } from '../divergence/describe-changes.ts';
import { cloneDisks } from './clone-disks.ts';
import { cloneHardware, cloneMachineSpec, type ProofProfile } from './clone-hardware.ts';
import { readCommands } from './command-identities.ts';
import type { FoundIdentity } from './identity-reading.ts';
import type { IdentityRule } from './identity-rule.ts';
import { inOneLine } from './in-one-line.ts';
import { beginClone, type CloneFailure, type ProofCollector } from './proof-collector.ts';
import { readIdentities, readIdentitiesOf } from './read-identities.ts';
import { shutDown, startUntilReady, waitUntilReady } from './start-appliance.ts';

/** What a clone's scenario is about. */
export interface CloneScenarioOptions {
  /** From 1: the clone is `clone-1`. */
  index: number;
  /** The master; it is never written. */
  imagePath: string;
  profile: ProofProfile;
  /** Of `loadIdentities`. */
  identities: readonly IdentityRule[];
  /** Gets what is observed. */
  collector: ProofCollector;
}

const boots = [1, 2];
/** For reading the disk while the machine is off, three times, on a host that is busy. */
const readingMs = 900_000;

/**
 * The scenario of one clone: it starts on hardware of its own until it is ready, is switched off, and once more; its identities are read after each boot, and
 * what it has changed since it was the master after the last one (spec H5).
 *
 * It fails where the clone is not ready; that it does not shut down is only noted, and its plug pulled.
 */
export function cloneScenario(options: CloneScenarioOptions): Scenario {
  const { index, profile } = options;
  const { limits, machine, identities } = profile;
  const commands = identities.add.filter(({ command }) => command !== undefined).length;
  const bootMs = 2 * limits.shutDown + (commands + 2) * Math.max(60_000, limits.command);
  return {
    name: `clone-${index}-boots-twice`,
    summary: `clone ${index} of the disk becomes ready on hardware of its own, and again after it was switched off`,
    tags: ['proof', 'clone'],
    timeoutMs: (limits.firstReady ?? limits.ready) + limits.ready + 2 * bootMs + readingMs,
    needs: { machines: 1, memoryMiB: Math.ceil(machine.memory / 1024 ** 2), cpus: machine.cpus },
    body: async (bench) => await bootTwice(bench, options),
  };
}

async function bootTwice(bench: Bench, options: CloneScenarioOptions): Promise<void> {
  const { index, imagePath, profile, collector } = options;
  const name = `clone-${index}`;
  const hardware = cloneHardware(bench.seed, index);
  const { mac, ...others } = hardware;
  const bootsSeen: CloneBoot[] = [];
  const shownHardware = profile.machine.nic === 'none' ? others : { mac, ...others };
  beginClone(collector, { name, hardware: shownHardware, boots: bootsSeen });
  const disks = await cloneDisks(profile, { imagePath, folder: bench.workFolder, name });
  const machine = await bench.machine(cloneMachineSpec(profile, { name, disks, hardware }));
  bench.subject({ machine, becomesWell: async () => await becomesWell(machine, profile, bench) });
  for (const number of boots) {
    const boot: CloneBoot = { number };
    bootsSeen.push(boot);
    await new CloneStart(bench, machine, options, boot).run();
  }
  const overlayPath = machine.diskFiles[0]!.path;
  const describe = async () => {
    collector.changes.push(await describeChanges(imagePath, overlayPath, { name, signal: bench.signal }));
  };
  await bench.step(`what ${name} has changed is found`, describe).catch((error) => {
    collector.failures.push(failureOf(error, { clone: name, boot: boots.at(-1)!, phase: 'changes' }));
    throw error;
  });
}

async function becomesWell(machine: Machine, profile: ProofProfile, bench: Bench): Promise<void> {
  const running = machine.isOn ? machine.running! : await machine.powerOn();
  await waitUntilReady(running, profile, bench, { panic: 'is-noted' });
}

/** One boot of a clone, from power-on until its disk was read. */
class CloneStart {
  readonly #bench: Bench;
  readonly #machine: Machine;
  readonly #options: CloneScenarioOptions;
  readonly #boot: CloneBoot;

  constructor(bench: Bench, machine: Machine, options: CloneScenarioOptions, boot: CloneBoot) {
    this.#bench = bench;
    this.#machine = machine;
    this.#options = options;
    this.#boot = boot;
  }

  async run(): Promise<void> {
    const { profile, identities } = this.#options;
    const { number } = this.#boot;
    const running = await this.#phase('ready', async () => {
      const started = await startUntilReady(this.#machine, profile, this.#bench, { isFirst: number === 1 });
      this.#boot.readyMs = started.readyMs;
      return started.running;
    });
    this.#bench.measure(`ready after, boot ${number}`, this.#boot.readyMs! / 1000, 's');
    await this.#phase('identities', async () =>
      this.#note(await readCommands(running, profile, this.#bench, identities)),
    );
    await this.#phase('ready', async () => {
      if (!running.isOn) throw (await running.ended).error;
    });
    await this.#switchOff(running);
    await this.#phase('identities', async () => await this.#readDisk());
  }

  /** What stays on is no failure of the scenario: how it starts the next time is still to be seen. */
  async #switchOff(running: RunningMachine): Promise<void> {
    const { number } = this.#boot;
    try {
      this.#boot.shutDownMs = await shutDown(running, this.#options.profile, this.#bench);
      this.#bench.measure(`off after, boot ${number}`, this.#boot.shutDownMs / 1000, 's');
    } catch (error) {
      const failure = this.#failed('shut-down', error);
      if (failure.blame !== 'product') throw error;
      this.#bench.note(`${this.#machine.name} did not go off, and its plug is pulled: ${failure.text}`);
      if (running.isOn) await running.cut();
    }
  }

  async #readDisk(): Promise<void> {
    const { imagePath, identities, collector } = this.#options;
    const { name: clone } = this.#machine;
    const { signal } = this.#bench;
    collector.master ??= await this.#bench.step('the identities of the master are read', async () =>
      readIdentitiesOf(imagePath, identities, signal),
    );
    await this.#bench.step(`the identities of ${clone} are read from its disk`, async () => {
      const diskPath = this.#machine.diskFiles[0]!.path;
      await using disk = await openClonedDisk(imagePath, diskPath, signal);
      this.#note(await readIdentities(disk, identities, signal));
      collector.readBoots.push({ clone, boot: this.#boot.number });
    });
  }

  #note(found: readonly FoundIdentity[]): void {
    const of = { clone: this.#machine.name, boot: this.#boot.number };
    this.#options.collector.readings.push(...found.map((one) => ({ ...one, ...of })));
  }

  async #phase<Result>(phase: CloneFailure['phase'], action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (error) {
      this.#failed(phase, error);
      throw error;
    }
  }

  #failed(phase: CloneFailure['phase'], error: unknown): CloneFailure {
    const failure = failureOf(error, { clone: this.#machine.name, boot: this.#boot.number, phase });
    this.#boot.failure ??= failure.text;
    this.#options.collector.failures.push(failure);
    return failure;
  }
}

function failureOf(error: unknown, where: Pick<CloneFailure, 'clone' | 'boot' | 'phase'>): CloneFailure {
  const judged = judge(error).error;
  return { ...where, blame: judged?.blame ?? 'harness', text: inOneLine(judged ?? error) };
}
