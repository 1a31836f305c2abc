import type { z } from 'zod';
import type { DiskController, Machine, RunningMachine } from '../../vm/index.ts';
import type { LayoutText } from '../witness/index.ts';

/** Where a fault lies; the order is that of the catalogue. */
export const faultLayers = ['disk-at-rest', 'disk-in-motion', 'power', 'machine', 'network'] as const;
export type FaultLayer = (typeof faultLayers)[number];

/** One disk of the machine that a fault is injected into. */
export interface FaultTargetDisk {
  name: string;
  /** The raw image; while the machine is on, what is written to it behind the guest's back rots under it. */
  path: string;
  /** Of a disk that a layout describes: for names of partitions and for raw records. */
  layout?: LayoutText;
}

/** What a fault is injected into. */
export interface FaultTarget {
  machine: Machine;
  /** While it is on; asked anew each time, also by who stops the fault. */
  readonly running: RunningMachine | undefined;
  /** The disk that the plan names, for faults that are about one. */
  disk: FaultTargetDisk | undefined;
  /** The source of everything random in the fault. */
  seed: string;
  /** A write of the machine is held until the injection is done: whatever waits for its disks has to wait after that. */
  holdsWrite?: boolean;
  /** For copies that are looked at. */
  scratchFolder: string;
  /** Aborts when the drill is over, whatever is under way. */
  signal: AbortSignal;
}

/** A fault that is there now, or lies in wait. */
export interface InjectedFault {
  /** What was done, as a sentence: `4096 bytes of boot record zeroed`. */
  what: string;
  /**
   * What shows that it happened (design 8): bytes before and after, a request that was refused, an event. Undefined as long as
   * it has not; a drill that ends so is an error of the harness.
   */
  proof(): string | undefined;
  /** Resolves when it has happened; where it is missing, it has happened with its injection. */
  happened?: Promise<void>;
  /** Ends what goes on. Damage that lies on a disk stays: to get over it is the appliance's affair. */
  stop?(): void | Promise<void>;
}

/** When a fault can be injected: `off` before a power-on, `on` while the machine runs, `either`. */
export type FaultState = 'off' | 'on' | 'either';

/** What a machine has to have for a fault to be possible, beside disks and power; for people. */
export const faultNeeds = {
  layout: "a disk of one of Assay's layouts",
  'network-card': 'a network card',
  services: 'a network card with services',
  'second-disk': 'a second disk',
} as const;
export type FaultNeed = keyof typeof faultNeeds;

/** A fault as data (spec H4): what it is, what it needs, and what a drill under it proves. */
export interface FaultDeclaration<Shape extends z.ZodObject = z.ZodObject> {
  /** Lower case words joined by hyphens: `boot-record-damaged`. */
  name: string;
  layer: FaultLayer;
  /** One sentence: what happens. */
  summary: string;
  /** One sentence: what an appliance has shown that is well again after it. */
  proves: string;
  /** Every one has a default, so that the name alone is a fault, and a description. */
  parameters: Shape;
  /** What the machine has to be at the moment. */
  when: FaultState;
  /**
   * It is about one disk, as an image that lies there, or as one whose requests pass through the runner; `all-intercepted`: about
   * all disks of the machine.
   */
  disk?: 'image' | 'intercepted' | 'all-intercepted';
  /** What not every machine has. */
  needs?: FaultNeed;
  /** Whether its `partition` has to hold ext2, ext3, ext4 or FAT, in which Assay finds places by files. */
  readsFileSystem?: true;
  /** Whether nobody could say what it does to disks on this controller; it can be on all by default. */
  saysNothingOn?(controller: DiskController, parameters: z.output<Shape>): boolean;
  /** Whether it is about the machine's clock: a machine that goes on from a checkpoint is behind until its next start. */
  needsTrueClock?: boolean;
  /** Codes of errors that are not the product's, and by which whoever waits for the machine notices this fault. */
  noticedAs?: readonly string[];
  /**
   * Injects it.
   *
   * @throws an error with blame `harness` where it cannot be injected or is seen to have no effect.
   */
  inject(target: FaultTarget, parameters: z.output<Shape>): Promise<InjectedFault>;
}

/** Keeps the types of the parameters together while a fault is declared. */
export function declareFault<Shape extends z.ZodObject>(
  declaration: FaultDeclaration<Shape>,
): FaultDeclaration {
  // What inject is given was parsed by this very shape.
  return declaration as unknown as FaultDeclaration;
}
