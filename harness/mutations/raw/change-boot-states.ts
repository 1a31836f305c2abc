import { markPartition } from '../../../core/known-state/mark-partition.ts';
import { encodeStateArea } from '../../../core/known-state/state-record.ts';
import { changeBootStates, readBootStates } from '../../../core/known-state/state-store.ts';
import { readBootStates as witnessStates } from '../../witness/boot-states.ts';
import type { RawTrial } from '../trial.ts';

const areaBytes = 8192;
const partitions = ['system-1', 'system-2'].map((name, index) => ({
  name,
  device: '/dev/vda',
  offsetBytes: index * 65_536,
  states: { offsetBytes: 16_384, lengthBytes: areaBytes },
}));

/** Boot states that change twice, on two partitions. */
export const changeStates: RawTrial = {
  name: 'change-boot-states',
  steps: ['state-store.copy'],
  make: async () => ({
    base: firstStates(),
    async act(disk) {
      for (const state of ['Clean', 'OK'] as const) {
        await changeBootStates(partitions, (states) => markPartition(states, 'system-1', state), disk.open);
        const { sequence } = await readBootStates(partitions, disk.open);
        disk.acknowledge(String(sequence));
      }
    },
    judge(disk, acknowledged) {
      const promised = Number(acknowledged.at(-1) ?? 0);
      for (const { name, offsetBytes, states } of partitions) {
        const at = offsetBytes + states.offsetBytes;
        const { value, copies } = witnessStates(disk.subarray(at, at + areaBytes));
        if (value === null) return `${name} has no valid copy: ${copies.join('; ')}`;
        if (value.sequence < promised) {
          return `${name} has change ${value.sequence}, and ${promised} was promised`;
        }
      }
      return undefined;
    },
  }),
};

function firstStates(): Buffer {
  const disk = Buffer.alloc(131_072);
  const time = '2026-11-21T08:00:00.000Z';
  const entries = partitions.map(({ name }) => [name, { state: 'Dirty' as const, time, reason: '' }]);
  const area = encodeStateArea({ partitions: Object.fromEntries(entries), recoveries: 0 }, 2);
  for (const { offsetBytes, states } of partitions) area.copy(disk, offsetBytes + states.offsetBytes);
  return disk;
}
