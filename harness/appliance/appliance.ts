import { setTimeout } from 'node:timers/promises';
import { Deadline } from '../../foundation/index.ts';
import type { Machine, MachineSpec, RunningMachine } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { harnessErrors } from '../errors.ts';
import { damageFile, damageFileSystem, type Injection } from '../faults/index.ts';
import { type LayoutText, readLayoutText } from '../witness/index.ts';
import { ApplianceServices } from './appliance-services.ts';
import { believeReady } from './believe-ready.ts';
import { failedAppliance } from './failed-appliance.ts';
import type { DiskSet } from './kept-disks.ts';
import type { Profile } from './profile.ts';
import { parseReadyReport, type ReadyReport } from './ready-report.ts';
import { type UnitHardware, unitHardware } from './unit-hardware.ts';

/** How a unit is built where it differs from the reference machine. */
export interface UnitOptions {
  /** Another machine's hardware, by the name of that unit; by default its own. */
  hardwareOf?: string;
  /** Changes to single parts of the hardware. */
  hardware?: Partial<UnitHardware>;
  /** Disks beside the declared ones: decoys. */
  extraDisks?: MachineSpec['disks'];
  /** What the firmware tries, by the names of the disks. */
  bootOrder?: string[];
}

const bootTimeoutMs = 120_000;
const rebuildTimeoutMs = 300_000;
const pollMs = 300;

/** Lines by which an appliance says that it has failed. */
const failure = /ASSAY (?:FAILED|REBUILD-FAILED|BOOT-FAILED) ?(.*)/;

/** An appliance that is built and off. Its disks keep what is written to them. */
export async function createAppliance(
  bench: Bench,
  { layoutPath, hardware: declared }: Pick<Profile, 'layoutPath' | 'hardware'>,
  name: string,
  disks: DiskSet,
  options: UnitOptions = {},
): Promise<Appliance> {
  const { manufacturer, product, memoryMiB, cpus } = declared;
  const own = unitHardware(options.hardwareOf ?? name, { manufacturer, product });
  const hardware = { ...own, ...options.hardware };
  const disk = (role: 'system' | 'data', path: string, port: number) => ({
    name: role,
    path,
    port,
    writes: 'kept' as const,
    serial: hardware.diskSerials[role],
  });
  const machine = await bench.machine({
    name,
    memoryMiB,
    cpus,
    disks: [
      disk('system', disks.systemPath, 0),
      ...(disks.dataPath === undefined ? [] : [disk('data', disks.dataPath, 1)]),
      ...(options.extraDisks ?? []),
    ],
    bootOrder: options.bootOrder ?? ['system'],
    nics: [{ mac: hardware.mac, forwardTcpPorts: [80] }],
    smbios: hardware.smbios,
    serialPorts: ['lcd'],
    watchdog: 'ib700',
  });
  return new Appliance(bench, layoutPath, name, disks, hardware, machine);
}

/** One unit of the reference appliance in its machine: what a test engineer does to it and asks of it. */
export class Appliance extends ApplianceServices {
  readonly name: string;
  readonly disks: DiskSet;
  readonly hardware: UnitHardware;
  readonly machine: Machine;
  readonly #bench: Bench;
  readonly #layoutPath: string;
  #lastReady: ReadyReport | undefined;

  constructor(
    bench: Bench,
    layoutPath: string,
    name: string,
    disks: DiskSet,
    hardware: UnitHardware,
    machine: Machine,
  ) {
    super();
    this.#layoutPath = layoutPath;
    this.name = name;
    this.disks = disks;
    this.hardware = hardware;
    this.machine = machine;
    this.#bench = bench;
  }

  /** The machine while it is on. @throws HARNESS_APPLIANCE_OFF */
  get running(): RunningMachine {
    const { running } = this.machine;
    if (running?.isOn) return running;
    throw harnessErrors.HARNESS_APPLIANCE_OFF({ tried: `use appliance ${this.name}` });
  }

  /** Who it was when its ready line was last believed. */
  get systemId(): string | undefined {
    return this.#lastReady?.systemId;
  }

  /** Its ready line when it was last believed. */
  get lastReady(): ReadyReport | undefined {
    return this.#lastReady;
  }

  /** Switches it on and does not wait. @throws VM_QEMU_NOT_STARTED, VM_MACHINE_OFF when it is on already. */
  async powerOn(): Promise<RunningMachine> {
    return await this.machine.powerOn();
  }

  /**
   * Switches it on and waits until it is ready, checked through the network: at most two minutes, before
   * the time-out scale.
   *
   * @throws as {@link powerOn} and {@link ready}.
   */
  async start(): Promise<ReadyReport> {
    const start = async () => {
      await this.powerOn();
      return await this.ready();
    };
    return await this.#step(`${this.name} starts and is ready`, 'boot', async () =>
      this.#bench.toReady === undefined ? start() : this.#bench.toReady(this.machine, start),
    );
  }

  /**
   * Waits for the ready line, and believes it only when the page and the SQL service answer over TCP.
   *
   * @throws HARNESS_APPLIANCE_FAILED when the appliance says that it failed, HARNESS_READY_UNTRUE when it says ready
   * and is not, and whatever the console throws.
   */
  async ready(): Promise<ReadyReport> {
    const found = await this.running.console.expect(
      { ready: /ASSAY READY (\{.*\})\n/, failed: failure },
      { timeoutMs: bootTimeoutMs },
    );
    if (found.which === 'failed') throw this.#failed('become ready', found.text);
    const report = parseReadyReport(found.groups[0] ?? '', this.name);
    await believeReady(this, report);
    this.#lastReady = report;
    return report;
  }

  /** Waits until it is back by itself after damage: failed starts on the way are what recovery is there for. */
  async recovers(): Promise<ReadyReport> {
    return await this.#step(`${this.name} recovers by itself`, 'boot', async () => {
      const found = await this.running.console.expect(
        { ready: /ASSAY READY (\{.*\})\n/, failed: /ASSAY (REBUILD-FAILED|EVENT the primary fails).*/ },
        { timeoutMs: rebuildTimeoutMs, panic: 'is-noted' },
      );
      if (found.which === 'failed') throw this.#failed('recover', found.text);
      const report = parseReadyReport(found.groups[0] ?? '', this.name);
      await believeReady(this, report);
      this.#lastReady = report;
      return report;
    });
  }

  /** Waits until the emergency system has taken over and keeps the page up (spec M11). */
  async emergency(): Promise<Record<string, unknown>> {
    return await this.#step(`${this.name} comes up in the emergency system`, 'boot', async () => {
      await this.running.console.expect(/ASSAY EMERGENCY (\{.*\})\n/, {
        timeoutMs: rebuildTimeoutMs,
        panic: 'is-noted',
      });
      return await this.status();
    });
  }

  /** Waits for a line `ASSAY STAGE name completed` (or `begins`). */
  async stage(name: string, what: 'begins' | 'completed' = 'completed', timeoutMs = 180_000): Promise<void> {
    const wanted = new RegExp(`ASSAY STAGE ${name} ${what}`);
    const found = await this.running.console.expect({ stage: wanted, failed: failure }, { timeoutMs });
    if (found.which === 'failed') throw this.#failed(`complete stage ${name}`, found.text);
  }

  /** Waits for a line `ASSAY …` of its own. */
  async announces(text: string, timeoutMs = bootTimeoutMs): Promise<void> {
    await this.running.console.expect(`ASSAY ${text}`, { timeoutMs });
  }

  /** Waits for a state that it announces, such as `identity-conflict`. */
  async state(name: string, timeoutMs = bootTimeoutMs): Promise<void> {
    await this.running.console.expect(new RegExp(`ASSAY STATE ${name}\\b`), { timeoutMs });
  }

  /**
   * Presses its power button and waits until it is off.
   *
   * @throws VM_POWER_OFF_TIMEOUT when it does not go off, HARNESS_APPLIANCE_OFF when it is off already.
   */
  async powerOff(): Promise<void> {
    await this.#step(`${this.name} is switched off by its power button`, 'wait', async () => {
      await this.running.pressPowerButton();
      await this.running.waitForPowerOff();
    });
  }

  /**
   * Pulls its plug; what it has written by then is on its disks.
   *
   * @throws HARNESS_APPLIANCE_OFF when it is off already.
   */
  async cutPower(): Promise<void> {
    await this.#step(`the power of ${this.name} is cut`, 'other', () => this.running.cut());
  }

  /** Waits until its page answers, whether or not it is ready. */
  async reachable(timeoutMs = bootTimeoutMs): Promise<Record<string, unknown>> {
    const deadline = Deadline.after(timeoutMs * this.#bench.timeoutScale);
    for (;;) {
      try {
        return await this.status();
      } catch (error) {
        if (deadline.expired || !this.machine.isOn) throw error;
        await setTimeout(pollMs, undefined, { signal: this.#bench.signal });
      }
    }
  }

  /** Damages a file in a partition of its system disk; it has to be off. Proved, or an error of the harness. */
  async damageFile(
    partition: string,
    path: string,
    part: { skipBytes?: number; atMostBytes?: number } = {},
  ): Promise<void> {
    await this.#damage(`${path} in ${partition}`, (layout) =>
      damageFile(this.disks.systemPath, {
        layout,
        partition,
        path,
        how: 'random',
        seed: this.#bench.seed,
        ...part,
      }),
    );
  }

  /** Damages every superblock of a file system of its system disk; it has to be off. */
  async damageFileSystem(partition: string): Promise<void> {
    await this.#damage(`the file system of ${partition}`, (layout) =>
      damageFileSystem(this.disks.systemPath, {
        layout,
        partition,
        copies: 'all',
        how: 'random',
        seed: this.#bench.seed,
      }),
    );
  }

  async #damage(what: string, inject: (layout: LayoutText) => Promise<Injection>): Promise<void> {
    await this.#bench.step(
      `${what} of ${this.name} is damaged`,
      async () => {
        const injection = await inject(await readLayoutText(this.#layoutPath, 'system'));
        const proof = `sha256 of the damaged bytes ${injection.beforeSha256} before, ${injection.afterSha256} after`;
        this.#bench.fault(injection.sentence, proof, this.name);
      },
      { category: 'fault', machine: this.name },
    );
  }

  #failed(what: string, line: string): Error {
    return failedAppliance(this.machine, { tried: `wait for appliance ${this.name} to ${what}`, line });
  }

  #step<Result>(
    sentence: string,
    category: 'boot' | 'wait' | 'other',
    action: () => Promise<Result>,
  ): Promise<Result> {
    return this.#bench.step(sentence, action, { category, machine: this.name });
  }
}
