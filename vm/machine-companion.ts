import type { RunningMachine } from './running-machine.ts';

/** Goes with a machine through its power-ons: for faults that wait for their moment. */
export interface MachineCompanion {
  /** Awaited before QEMU is started for the n-th time, counted from 1: the disks are nobody's then. */
  beforePowerOn?: (number: number) => Promise<void>;
  /** Awaited before the first instruction; `running` has its consoles. */
  beforeFirstInstruction?: (running: RunningMachine, number: number) => Promise<void>;
}

/** The companions of one machine, in the order in which they came. */
export class MachineCompanions {
  readonly #companions: MachineCompanion[] = [];
  #powerOns = 0;

  /** From now on it is asked at every power-on. */
  add(companion: MachineCompanion): void {
    this.#companions.push(companion);
  }

  /** A power-on begins. */
  async beforePowerOn(): Promise<void> {
    this.#powerOns += 1;
    for (const { beforePowerOn } of this.#companions) await beforePowerOn?.(this.#powerOns);
  }

  /** QEMU is there, and waits. */
  async beforeFirstInstruction(running: RunningMachine): Promise<void> {
    for (const { beforeFirstInstruction } of this.#companions) {
      await beforeFirstInstruction?.(running, this.#powerOns);
    }
  }
}
