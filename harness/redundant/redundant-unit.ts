import type { Machine, RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { harnessErrors } from '../errors.ts';
import { damageBytes, damageFile, type Injection } from '../faults/index.ts';
import { type BootStatesValue, inspectDisk } from '../witness/index.ts';
import type { RedundantMachineDisk } from './redundant-machine.ts';
import { type FileServer, guestFileAddress } from './serve-files.ts';

/** What a running system says of itself in its ready line (docs/known-state.md). */
export interface KnownStateReport {
  /** The partition that it runs from: `system-2`. */
  system: string;
  version: string;
  /** Partitions that were passed over, with the reason. */
  passedOver: Record<string, string>;
  [key: string]: unknown;
}

/** What the medium has decided (docs/logic-file.md). */
export interface BootDecisionReport {
  action: 'boot' | 'recover' | 'give-up';
  partition?: string;
  partitions?: string[];
  method?: 'repair' | 'rewrite';
  reason: string;
}

const bootTimeoutMs = 180_000;
const recoveryTimeoutMs = 400_000;
const updateTimeoutMs = 240_000;

const worstFirst = ['Dirty', 'Clean', 'OK'] as const;

/** A machine that boots to a known state (spec B1 to B8): what a test engineer does to it and asks of it. */
export class RedundantUnit {
  readonly name: string;
  readonly machine: Machine;
  readonly disks: readonly RedundantMachineDisk[];
  readonly #bench: Bench;
  readonly #files: FileServer;
  #running: RunningMachine | undefined;

  /** @internal Made by `redundantUnit`. */
  constructor(
    bench: Bench,
    name: string,
    machine: Machine,
    disks: readonly RedundantMachineDisk[],
    files: FileServer,
  ) {
    this.name = name;
    this.machine = machine;
    this.disks = disks;
    this.#bench = bench;
    this.#files = files;
  }

  /** The machine while it is on. @throws HARNESS_APPLIANCE_OFF */
  get running(): RunningMachine {
    if (this.#running?.isOn) return this.#running;
    throw harnessErrors.HARNESS_APPLIANCE_OFF({ tried: `use machine ${this.name}` });
  }

  /** The path of a disk's image; a name that the layout does not have is a mistake of the scenario. */
  diskPath(name: string): string {
    const disk = this.disks.find((candidate) => candidate.name === name);
    if (disk !== undefined) return disk.path;
    throw new Error(
      `${this.name} has no disk ${name}, only ${this.disks.map(({ name }) => name).join(', ')}`,
    );
  }

  /** Switches it on and does not wait. */
  async powerOn(): Promise<RunningMachine> {
    this.#running = await this.machine.powerOn();
    return this.#running;
  }

  /** Switches it on and waits until a system is up. @returns what that system says of itself. */
  async start(): Promise<KnownStateReport> {
    return await this.#step(`${this.name} starts`, 'boot', () =>
      this.#measured('from power-on to a running system', async () => {
        await this.powerOn();
        return await this.#ready(bootTimeoutMs);
      }),
    );
  }

  /** Waits until a system is up: after a restart, a failure, a recovery. Panics on the way are noted. */
  async comesBack(): Promise<KnownStateReport> {
    return await this.#step(`${this.name} comes back`, 'boot', () =>
      this.#measured('until a system runs again', () => this.#ready(recoveryTimeoutMs)),
    );
  }

  /** Waits for what the medium decides next. */
  async decision(): Promise<BootDecisionReport> {
    return await this.#step(`the medium decides what ${this.name} starts`, 'wait', async () => {
      const { groups } = await this.running.console.expect(/BOOT decision (\{.*\})\n/, {
        timeoutMs: bootTimeoutMs,
        panic: 'is-noted',
      });
      return JSON.parse(groups[0]!) as BootDecisionReport;
    });
  }

  /** Waits for a line of the console. @returns the groups of a pattern. */
  async says(text: string | RegExp, timeoutMs = bootTimeoutMs): Promise<string[]> {
    const { groups } = await this.running.console.expect(text, { timeoutMs, panic: 'is-noted' });
    return groups as string[];
  }

  /** Runs a command at the running system's shell. @returns what it printed. */
  async command(words: string, timeoutMs = 60_000): Promise<string> {
    return (await this.running.console.run(words, { timeoutMs })).output;
  }

  /** Fetches an update and applies it with the running system's own command (spec B7). */
  async update(packPath: string): Promise<void> {
    await this.#step(`${this.name} applies an update`, 'other', async () => {
      await this.#fetch(packPath);
      await this.command('known-state update /tmp/update.pack', updateTimeoutMs);
    });
  }

  /** The same, of an update that has to be refused. @returns what the command says. */
  async refuse(packPath: string): Promise<string> {
    return await this.#step(`${this.name} refuses an update`, 'other', async () => {
      await this.#fetch(packPath);
      const { output, exitCode } = await this.running.console.run(
        'known-state update /tmp/update.pack 2>&1',
        { timeoutMs: updateTimeoutMs, acceptExitCodes: 'any' },
      );
      this.#bench.check('the update is refused', exitCode === 0, false);
      return output;
    });
  }

  /** Presses its power button and waits until it is off: an orderly shutdown. */
  async powerOff(): Promise<void> {
    await this.#step(`${this.name} is switched off by its power button`, 'wait', async () => {
      await this.running.pressPowerButton();
      await this.running.waitForPowerOff();
    });
  }

  /** Pulls its plug. */
  async cutPower(): Promise<void> {
    await this.#step(`the power of ${this.name} is cut`, 'other', () => this.running.cut());
  }

  /** The boot states on its disks, as the witness reads them: of each partition the worst that any partition says. */
  async states(): Promise<Record<string, 'OK' | 'Clean' | 'Dirty'>> {
    const merged: Record<string, 'OK' | 'Clean' | 'Dirty'> = {};
    for (const { partitions } of Object.values(await this.statesHeld())) {
      for (const [name, { state }] of Object.entries(partitions)) {
        merged[name] = worstFirst.find((one) => one === state || one === merged[name])!;
      }
    }
    return merged;
  }

  /** The boot states that each system partition holds itself; one without a valid copy is left out. */
  async statesHeld(): Promise<Record<string, BootStatesValue>> {
    const held: Record<string, BootStatesValue> = {};
    for (const { path, systemPartitions } of this.disks) {
      if (systemPartitions.length === 0) continue;
      await using disk = await inspectDisk(path, { scratchFolder: this.#bench.workFolder });
      for (const { name, number } of systemPartitions) {
        const { value } = await (await disk.partition(number)).bootStates();
        if (value !== null) held[name] = value;
      }
    }
    return held;
  }

  /** SHA-256 of a disk, byte for byte; it has to be off. */
  async diskDigest(name: string): Promise<string> {
    await using disk = await inspectDisk(this.diskPath(name));
    return await disk.sha256();
  }

  /**
   * Damages a file of a system partition; it has to be off. Proved, or an error of the harness.
   *
   * @param path By default the system's root file system, some bytes in the middle of it.
   */
  async damagePartition(partition: string, path = '/root.squashfs', atMostBytes = 512): Promise<void> {
    const { disk, number } = this.#find(partition);
    await this.#damage(`${path} of ${partition}`, () =>
      damageFile(disk.path, {
        partition: number,
        path,
        how: 'random',
        seed: this.#bench.seed,
        atMostBytes,
        scratchFolder: this.#bench.workFolder,
      }),
    );
  }

  /** Damages the master boot record of a disk: its code and its table. */
  async damageBootRecord(disk = 'system'): Promise<void> {
    await this.#damage(`the boot record of disk ${disk}`, () =>
      damageBytes(this.diskPath(disk), { at: 0, count: 512, how: 'random', seed: this.#bench.seed }),
    );
  }

  async #fetch(path: string): Promise<void> {
    const address = `http://${guestFileAddress}${this.#files.offer(path)}`;
    await this.command(`wget -q -O /tmp/update.pack ${address}`, updateTimeoutMs);
  }

  #find(partition: string): { disk: RedundantMachineDisk; number: number } {
    for (const disk of this.disks) {
      const found = disk.systemPartitions.find(({ name }) => name === partition);
      if (found !== undefined) return { disk, number: found.number };
    }
    throw new Error(`${this.name} has no system partition ${partition}`);
  }

  async #ready(timeoutMs: number): Promise<KnownStateReport> {
    const found = await this.running.console.expect(
      { ready: /ASSAY READY (\{.*\})\n/, failed: /KNOWN_STATE_(?:GIVEN_UP|RECOVERY_FAILED)(.*)\n/ },
      { timeoutMs, panic: 'is-noted' },
    );
    if (found.which === 'ready') return JSON.parse(found.groups[0]!) as KnownStateReport;
    throw harnessErrors.HARNESS_APPLIANCE_FAILED({
      tried: `wait for a system of ${this.name}`,
      got: `${found.text}\n${this.running.console.tail(20).join('\n')}`,
    });
  }

  async #measured(name: string, wait: () => Promise<KnownStateReport>): Promise<KnownStateReport> {
    const startMs = performance.now();
    const report = await wait();
    this.#bench.measure(`${this.name}: ${name}, ${report.system}`, (performance.now() - startMs) / 1000, 's');
    return report;
  }

  async #damage(what: string, inject: () => Promise<Injection>): Promise<void> {
    await this.#bench.step(
      `${what} of ${this.name} is damaged`,
      async () => {
        const { sentence, beforeSha256, afterSha256 } = await inject();
        const proof = `sha256 of the damaged bytes ${beforeSha256} before, ${afterSha256} after`;
        this.#bench.fault(sentence, proof, this.name);
      },
      { category: 'fault', machine: this.name },
    );
  }

  #step<Result>(
    sentence: string,
    category: 'boot' | 'wait' | 'other',
    action: () => Promise<Result>,
  ): Promise<Result> {
    return this.#bench.step(sentence, action, { category, machine: this.name });
  }
}
