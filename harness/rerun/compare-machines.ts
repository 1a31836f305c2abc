import { isDeepStrictEqual } from 'node:util';
import { describeDifference } from '../describe-difference.ts';
import { fileDifference } from './compare-circumstances.ts';
import type { MachineRecord, RecordedFile } from './machine-record.ts';
import { machineRecordsOf } from './machine-records.ts';

/**
 * In what the machines of an attempt are others than those of an earlier one, or were started with other images: what can
 * be known only when they have been started.
 */
export async function machineDifferences(thenFolder: string, nowFolder: string): Promise<string[]> {
  const now = await machineRecordsOf(nowFolder);
  return [...(await machineRecordsOf(thenFolder))].flatMap(([name, before]) => {
    const after = now.get(name);
    if (after === undefined) return [`machine ${name} was not switched on this time`];
    return [
      ...hardwareDifference(before, after),
      ...filesDifference(name, 'disk ', before.inputs.disks, after.inputs.disks),
      ...filesDifference(name, '', before.inputs.files, after.inputs.files),
    ];
  });
}

function hardwareDifference(then: MachineRecord, now: MachineRecord): string[] {
  const [before, after] = [hardwareOf(then), hardwareOf(now)];
  if (isDeepStrictEqual(before, after)) return [];
  const { difference, expected, got } = describeDifference(after, before);
  return [`machine ${then.name} is declared otherwise:\n${difference ?? `${expected} then, ${got} now`}`];
}

/** What a guest can see of it: without the places of its files, and without the ports that the host gave. */
function hardwareOf({ spec, accelerator }: MachineRecord): unknown {
  const text = JSON.stringify({ ...spec, accelerator }, (key, value) =>
    ['path', 'kernelPath', 'initramfsPath', 'cdPath', 'hostPort'].includes(key) ? undefined : value,
  );
  return JSON.parse(text);
}

function filesDifference(
  machine: string,
  prefix: string,
  then: Record<string, RecordedFile>,
  now: Record<string, RecordedFile>,
): string[] {
  return Object.entries(then).flatMap(([name, before]) => {
    const after = now[name];
    if (after === undefined) return [];
    const difference = fileDifference(before, after);
    return difference === undefined
      ? []
      : [`${prefix}${name} of machine ${machine} at its first power-on: ${difference}`];
  });
}
