import t from 'tap';
import type { RunEvent } from '../reports/index.ts';
import { countBoots } from './count-boots.ts';

const on = (machine: string, atMs: number): RunEvent => ({ kind: 'power', atMs, machine, action: 'on' });
const reset = (machine: string, atMs: number): RunEvent => ({ kind: 'qmp', atMs, machine, name: 'RESET' });

t.test('power-ons and restarts are boots', async (t) => {
  t.same(countBoots([on('alpha', 0), reset('alpha', 5_000), reset('alpha', 12_000), on('bravo', 13_000)]), {
    powerOns: 2,
    restarts: 2,
    total: 4,
  });
  t.same(countBoots([]), { powerOns: 0, restarts: 0, total: 0 });
});

t.test('a restart in which the firmware resets again is one', async (t) => {
  const events = [on('alpha', 0), ...[9_000, 9_040, 9_300, 9_310].map((atMs) => reset('alpha', atMs))];
  t.equal(countBoots(events).restarts, 1);
});

t.test('machines that restart at the same time are told apart', async (t) => {
  t.equal(countBoots([reset('alpha', 9_000), reset('bravo', 9_010), reset('alpha', 9_020)]).restarts, 2);
});

t.test('what is no start is not counted', async (t) => {
  const others: RunEvent[] = [
    { kind: 'power', atMs: 1, machine: 'alpha', action: 'cut' },
    { kind: 'qmp', atMs: 2, machine: 'alpha', name: 'SHUTDOWN' },
  ];
  t.equal(countBoots(others).total, 0);
});
