import t from 'tap';
import type { MachineSpec } from '../../vm/index.ts';
import { reproduceCommand } from '../reproduce-command.ts';
import { readReproduceCommand } from '../rerun/read-reproduce-command.ts';
import { inModes, recordingNote } from './machine-modes.ts';

const disk = { name: 'system', path: 'system.raw' };

t.test('virtual time is for machines that stand it, and it is said', async (t) => {
  const { spec, note } = inModes({ name: 'box', disks: [disk] }, { virtualTime: true });
  t.match(spec, { name: 'box', virtualTime: true });
  t.same(note, { level: 'info', text: 'box runs in virtual time' });
  const refusals: [MachineSpec, RegExp][] = [
    [{ name: 'box', cpus: 2 }, /2 processors/],
    [{ name: 'box', disks: [{ ...disk, intercepted: true }] }, /disk system pass through Assay/],
  ];
  for (const [refused, why] of refusals) {
    const left = inModes(refused, { virtualTime: true });
    t.equal(left.spec.virtualTime, undefined);
    t.match(left.note, { level: 'warning', text: why });
  }
  t.same(inModes({ name: 'box' }, {}), { spec: { name: 'box' } }, 'nothing without being asked');
  t.same(inModes({ name: 'box', virtualTime: true }, { virtualTime: true }).note, undefined);
});

t.test('what came of recording a power-on is said', async (t) => {
  t.same(recordingNote('box', { kind: 'recorded', powerOn: 2, folder: '/x' }), {
    ...{ level: 'info', text: 'power-on 2 of box is recorded' },
  });
  t.same(recordingNote('box', { kind: 'not-recorded', powerOn: 1, because: 'it has 2 processors' }), {
    ...{ level: 'warning', text: 'power-on 1 of box is not recorded: it has 2 processors' },
  });
  const heldUntil = { instruction: 77, because: 'eject was done to it' };
  const held = recordingNote('box', { kind: 'recorded', powerOn: 1, folder: '/x', heldUntil });
  t.match(held, { level: 'warning', text: /up to instruction 77, and no further: eject/ });
});

t.test('the command that runs it again says the mode, and is read so', async (t) => {
  const command = reproduceCommand({ name: 'a' }, { seed: '7', timeoutScale: 1, virtualTime: true });
  t.equal(command, 'assay run a --seed 7 --virtual-time');
  t.match(readReproduceCommand(command), { name: 'a', seed: '7', virtualTime: true });
  t.notOk('virtualTime' in readReproduceCommand('assay run a --seed 7'));
});
