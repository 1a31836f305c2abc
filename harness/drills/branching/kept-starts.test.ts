import t from 'tap';
import type { KeptState, Machine } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { parsePlannedFault } from '../fault-plan.ts';
import type { Injection } from '../injection.ts';
import { KeptStarts } from './kept-starts.ts';
import { StartBranching } from './start-branching.ts';

/** A machine of paper without disks that cannot be kept; `status` is what it answers then. */
function unkeepable(status: () => Promise<{ running: boolean }>): Machine {
  const keepState = async () => {
    throw new Error('no room');
  };
  return {
    ...{ name: 'alpha', accelerator: 'tcg', context: {}, secrets: new Set() },
    hardware: { memoryMiB: 1, disks: [], nics: [] },
    checkpoints: { hasStarted: false, prepareToKeep: () => undefined },
    running: { isOn: true, keepState, qmp: { execute: status } },
  } as unknown as Machine;
}

function startOf(machine: Machine) {
  const notes: string[] = [];
  const planned = parsePlannedFault('bits-flipped at power-on:2');
  const injection = { planned, hasFired: false, subject: { machine } } as unknown as Injection;
  const bench = { signal: new AbortController().signal, note: (text: string) => notes.push(text) };
  const shared = { starts: new KeptStarts(), drill: 'one' };
  const branching = new StartBranching(bench as unknown as Bench, shared, [injection]);
  return { notes, started: branching.toReady(machine, async () => 'ready') };
}

t.test('a machine that cannot be kept goes on, or says what kept it from that', async (t) => {
  const goesOn = startOf(unkeepable(async () => ({ running: true })));
  t.equal(await goesOn.started, 'ready');
  t.strictSame(goesOn.notes, ['no checkpoint of alpha was kept: no room']);
  const stands = startOf(unkeepable(async () => ({ running: false })));
  await t.rejects(stands.started, { message: 'no room' });
  const gone = startOf(unkeepable(() => Promise.reject(new Error('nobody answers'))));
  await t.rejects(gone.started, { message: 'no room' }, 'the first failure, not what follows from it');
});

t.test('what cannot be let go of does not keep the others', async (t) => {
  const released: string[] = [];
  const state = (name: string) =>
    ({
      [Symbol.asyncDispose]: async () => {
        released.push(name);
        if (name === 'b') throw new Error('b stays');
      },
    }) as unknown as KeptState;
  const starts = new KeptStarts();
  for (const name of ['a', 'b', 'c']) starts.add(name, { state: state(name), drill: name, atMs: 0 });
  await t.rejects(starts[Symbol.asyncDispose](), { message: 'b stays' });
  t.strictSame(released.sort(), ['a', 'b', 'c']);
});

t.test('each start is made by one, and by the next where it was not', (t) => {
  const starts = new KeptStarts();
  t.ok(starts.mayMake('a'));
  t.notOk(starts.mayMake('a'));
  starts.giveUp('a');
  t.ok(['a', 'b', 'c', 'd'].every((key) => starts.mayMake(key)));
  t.notOk(starts.mayMake('e'), 'four at most');
  t.end();
});
