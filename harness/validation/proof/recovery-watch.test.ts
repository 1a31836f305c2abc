import t from 'tap';
import type { Bench } from '../../bench.ts';
import { PaperMachine } from './fixtures/paper-machine.ts';
import { RecoveryWatch } from './recovery-watch.ts';

async function watched(pattern: RegExp) {
  const paper = new PaperMachine();
  const notes: string[] = [];
  const bench = {
    machine: async () => paper.asMachine,
    step: async (_sentence: string, action: () => unknown) => await action(),
    note: (text: string) => notes.push(text),
  } as unknown as Bench;
  const watch = new RecoveryWatch(pattern);
  const on = watch.on(bench);
  await on.machine({ name: 'clone' });
  const fault = () => on.step('fault: reset', () => undefined, { category: 'fault', machine: 'clone' });
  return { paper, notes, fault, step: on.step, assertShown: () => watch.assertShown(bench) };
}

t.test('what the console shows after the fault counts, over power-ons', async (t) => {
  const { paper, notes, fault, assertShown } = await watched(/MENDED (\d)/);
  await paper.powerOn();
  await fault();
  await paper.powerOn();
  paper.says('BOOT\nMEND');
  t.throws(assertShown, { code: 'VALIDATION_RECOVERY_NOT_SHOWN', blame: 'product' });
  paper.says('ED 7\n');
  assertShown();
  t.same(notes, ['the console has shown of the recovery: MENDED 7']);
});

t.test('what it showed before does not', async (t) => {
  const { paper, fault, step, assertShown } = await watched(/MENDED/);
  await paper.powerOn();
  await step('the faults are stopped, and have happened', () => undefined, { category: 'fault' });
  paper.says('MENDED\n');
  await fault();
  paper.says('BOOT\n');
  t.throws(assertShown, { code: 'VALIDATION_RECOVERY_NOT_SHOWN' });
});

t.test('a power-on is no line that goes on', async (t) => {
  const { paper, fault, assertShown } = await watched(/MENDED/);
  await fault();
  await paper.powerOn();
  paper.says('MEN');
  await paper.powerOn();
  paper.says('DED\n');
  t.throws(assertShown, { code: 'VALIDATION_RECOVERY_NOT_SHOWN' });
});
