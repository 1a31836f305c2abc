export type MachineIdState = 'left-over' | 'empty' | 'uninitialized' | 'invalid';

/**
 * What a machine-id file holds (machine-id(5), "First Boot Semantics"). Only a file that is missing or says `uninitialized` makes a first boot;
 * an empty one gets an identity too, but units with ConditionFirstBoot= do not run.
 *
 * @param content At least the first 64 bytes.
 */
export function machineIdState(content: Buffer): MachineIdState {
  if (content.length === 0) return 'empty';
  const text = content.toString('latin1').replace(/\n$/, '');
  if (text === 'uninitialized') return 'uninitialized';
  return /^[0-9a-f]{32}$/i.test(text) && !/^0+$/.test(text) ? 'left-over' : 'invalid';
}
