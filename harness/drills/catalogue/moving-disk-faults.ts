import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { DiskFault } from '../../../vm/index.ts';
import { drillsErrors } from '../errors.ts';
import {
  declareFault,
  type FaultDeclaration,
  type FaultTarget,
  type InjectedFault,
} from '../fault-declaration.ts';
import { partition, seconds } from './parameters.ts';
import { sectorsOf } from './sectors-of.ts';

const place = {
  first: z
    .int()
    .nonnegative()
    .optional()
    .describe('first sector, from the start of the disk or partition; any without it'),
  count: z.int().min(1).default(1).describe('how many sectors, from `first` on'),
  partition: partition.optional().describe('only requests that touch it'),
};
const times = z
  .int()
  .min(1)
  .optional()
  .describe('so many requests; without it, until the faults are stopped');

type Place = { first?: number | undefined; count: number; partition?: number | string | undefined };

/** Faults of a disk in motion: requests of the machine that go wrong. They are armed at their moment and hit what comes after it. */
export const movingDiskFaults: readonly FaultDeclaration[] = [
  requestFault({
    name: 'read-errors',
    summary: 'reading fails: the disk says so',
    proves: 'a sector that cannot be read ends in a repair or a clear report',
    parameters: z.object({ ...place, times }),
    fault: (sectors, { times }) => ({
      kind: 'error',
      of: 'read',
      errno: 'EIO',
      ...sectors,
      ...definedTimes(times),
    }),
  }),
  requestFault({
    name: 'write-errors',
    summary: 'writing fails: the disk says so',
    proves: 'a write that failed is not taken for done',
    parameters: z.object({ ...place, times }),
    fault: (sectors, { times }) => ({
      kind: 'error',
      of: 'write',
      errno: 'EIO',
      ...sectors,
      ...definedTimes(times),
    }),
  }),
  requestFault({
    name: 'flush-errors',
    summary: 'flushing fails: nobody knows what is on the disk',
    proves: 'a flush that failed is not taken for done',
    parameters: z.object({ times }),
    fault: (_sectors, { times }) => ({ kind: 'error', of: 'flush', errno: 'EIO', ...definedTimes(times) }),
  }),
  requestFault({
    name: 'disk-full',
    summary: 'the storage under the disk is full: every write fails with "no space left"',
    proves: 'thin storage that runs full loses nothing that was written before',
    parameters: z.object({ ...place, times }),
    fault: (sectors, { times }) => ({
      kind: 'error',
      of: 'write',
      errno: 'ENOSPC',
      ...sectors,
      ...definedTimes(times),
    }),
  }),
  requestFault({
    name: 'reads-corrupted',
    summary: 'what is read is not what is there, and nothing says so',
    proves: 'silent corruption between disk and memory is found',
    parameters: z.object({ ...place, times }),
    fault: (sectors, { times }, seed) => ({
      kind: 'corrupt-reads',
      seed,
      ...sectors,
      ...definedTimes(times),
    }),
  }),
  requestFault({
    name: 'writes-dropped',
    summary: 'writes are acknowledged and never made',
    proves: 'what was written is read back before it is relied on, or its loss is survived',
    parameters: z.object({ ...place, times: times.default(1) }),
    fault: (sectors, { times }) => ({ kind: 'drop-writes', ...sectors, ...definedTimes(times) }),
  }),
  requestFault({
    name: 'writes-misdirected',
    summary: 'writes land some sectors further on than they should',
    proves: 'a write in the wrong place is found before its victim is used',
    parameters: z.object({
      ...place,
      bySectors: z.int().min(1).default(8).describe('so many sectors further on'),
      times: times.default(1),
    }),
    fault: (sectors, { bySectors, times }) => ({
      ...{ kind: 'misdirect-writes', bySectors, ...sectors },
      ...definedTimes(times),
    }),
  }),
  requestFault({
    name: 'disk-slow',
    summary: 'the disk answers late, and moves few bytes',
    proves: 'time-outs of the appliance fit a disk that is worn',
    parameters: z.object({
      delayMs: z.int().nonnegative().default(5).describe('milliseconds before each request'),
      kibPerSecond: z.int().min(1).optional().describe('at most so many KiB a second'),
    }),
    fault: (_sectors, { delayMs, kibPerSecond }) => ({
      ...{ kind: 'slow', delayMs },
      ...(kibPerSecond === undefined ? {} : { bytesPerSecond: kibPerSecond * 1024 }),
    }),
  }),
  requestFault({
    name: 'disk-hangs',
    summary: 'requests are taken and not answered until the faults are stopped, or the time is over',
    proves: 'a disk that hangs ends in a restart, and not in silence',
    parameters: z.object({ seconds }),
    fault: () => ({ kind: 'hang' }),
  }),
  requestFault({
    name: 'disk-gone',
    summary: 'the disk is gone while the machine runs: every request fails',
    proves: 'a disk that drops out and comes back does not end the appliance',
    parameters: z.object({ seconds }),
    fault: () => ({ kind: 'gone' }),
  }),
];

interface RequestFault<Shape extends z.ZodObject> {
  name: string;
  summary: string;
  proves: string;
  parameters: Shape;
  fault: (sectors: Sectors, parameters: z.output<Shape>, seed: string) => DiskFault;
}

type Sectors = { sectors?: { first: number; count: number } };

/** Each of them is one rule of an intercepted disk; what it hit proves it. */
function requestFault<Shape extends z.ZodObject>({
  fault,
  ...declared
}: RequestFault<Shape>): FaultDeclaration {
  return declareFault({
    ...{ ...declared, layer: 'disk-in-motion', when: 'either', disk: 'intercepted' },
    async inject(target, parameters) {
      const sectors = await sectorsOfRequests(target, parameters as unknown as Place);
      const { seconds } = parameters as { seconds?: number };
      return addFault(target, fault(sectors, parameters, target.seed), declared.summary, seconds);
    },
  });
}

function addFault(
  { machine, disk, signal }: FaultTarget,
  fault: DiskFault,
  what: string,
  seconds?: number,
): InjectedFault {
  const active = machine.disk(disk!.name).addFault(fault);
  const over = new AbortController();
  if (seconds !== undefined) {
    // From when it has hit something: a fault that ends before that was none.
    void active.happened
      .then(() =>
        delay(seconds * 1000, undefined, { ref: false, signal: AbortSignal.any([signal, over.signal]) }),
      )
      .then(() => active.stop())
      .catch(() => undefined);
  }
  return {
    what: `disk ${disk!.name}: ${what}`,
    proof: () => active.evidence(),
    happened: active.happened,
    stop: () => {
      over.abort();
      active.stop();
    },
  };
}

async function sectorsOfRequests(
  { disk, scratchFolder }: FaultTarget,
  { first, count, partition }: Place,
): Promise<Sectors> {
  if (first === undefined && partition === undefined) return {};
  if (partition === undefined) return { sectors: { first: first!, count } };
  const area = await sectorsOf(disk!, partition, scratchFolder);
  if (first === undefined) return { sectors: { first: area.firstSector, count: area.sectorCount } };
  if (first + count <= area.sectorCount) return { sectors: { first: area.firstSector + first, count } };
  throw drillsErrors.DRILLS_NOT_APPLICABLE({
    tried: `name ${count} sectors from ${first} on of partition ${partition} of disk ${disk!.name}`,
    expected: `sectors below ${area.sectorCount}`,
  });
}

function definedTimes(times: number | undefined): { times?: number } {
  return times === undefined ? {} : { times };
}
