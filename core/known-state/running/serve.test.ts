import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { readBootStatus } from './boot-status.ts';
import { type FakeRunning, fakeRunning } from './fixtures/running-machine.ts';
import type { NotifySettings } from './notify-settings.ts';
import { type ServiceAround, serve } from './serve.ts';
import type { SystemEvent } from './system-event.ts';

interface Seen {
  resets: string[];
  told: { event: SystemEvent; settings: NotifySettings }[];
  repairs: number;
  feedings: number;
  around: ServiceAround;
  shutDown: AbortController;
  /** Waits until the service says that it is up. */
  up(): Promise<void>;
}

function around({ system }: FakeRunning): Seen {
  const shutDown = new AbortController();
  const seen: Seen = {
    ...{ resets: [], told: [], repairs: 0, feedings: 0, shutDown },
    async up() {
      while ((await readBootStatus(system))?.stage !== 'up') await pause(10);
    },
    around: {
      shutDown: shutDown.signal,
      openWatchdog: async () => ({
        feed() {
          seen.feedings += 1;
        },
        [Symbol.asyncDispose]: async () => {},
      }),
      mountData: async () => ({ data: 'there is no disk data' }),
      tellOfFallback: async (event, settings) => void seen.told.push({ event, settings }),
      startRepair() {
        seen.repairs += 1;
      },
      reset: async (reason) => void seen.resets.push(reason),
    },
  };
  return seen;
}

function application({ folder }: FakeRunning, programs: Record<string, string>): void {
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, 'application', name), name === 'service.yaml' ? text : `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, 'application', name), 0o755);
  }
}

function events({ folder }: FakeRunning): SystemEvent[] {
  const lines = readFileSync(join(folder, 'data/events.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function machine(t: Test, ...rest: [running?: string, states?: Parameters<typeof fakeRunning>[2]]) {
  const running = fakeRunning(t.testdir({}), ...rest);
  return { running, seen: around(running) };
}

t.test('up is Clean and counts recoveries anew; shut down in order is OK', async (t) => {
  const { running, seen } = machine(t);
  const served = serve(running.system, seen.around);
  await seen.up();
  t.match(await running.states(), {
    partitions: { 'system-1': { state: 'Clean' }, 'system-2': { state: 'OK' } },
    recoveries: 0,
  });
  t.ok(seen.feedings > 0);
  seen.shutDown.abort();
  await served;
  t.match((await running.states())?.partitions, { 'system-1': { state: 'OK' }, 'system-2': { state: 'OK' } });
  t.match(await readBootStatus(running.system), { stage: 'ended' });
  t.match(events(running), [
    { event: 'up' },
    { event: 'problem', text: /no disk data/ },
    { event: 'shut-down' },
  ]);
  t.same([seen.resets, seen.told, seen.repairs], [[], [], 0]);
});

t.test('a reset without an orderly end leaves it Clean', async (t) => {
  const { running, seen } = machine(t);
  const served = serve(running.system, seen.around);
  await seen.up();
  const reset = Buffer.from(running.disk.content);
  seen.shutDown.abort();
  await served;
  running.disk.content.set(reset);
  t.equal((await running.states())?.partitions['system-1']?.state, 'Clean');
});

t.test('what has become Dirty meanwhile is not made OK', async (t) => {
  const { running, seen } = machine(t);
  const served = serve(running.system, seen.around);
  await seen.up();
  const { changeState } = await import('./change-states.ts');
  await changeState(running.system, 'system-1', 'Dirty', 'update to 1.1 in progress');
  seen.shutDown.abort();
  await served;
  t.match((await running.states())?.partitions['system-1'], {
    state: 'Dirty',
    reason: 'update to 1.1 in progress',
  });
});

t.test(
  'an application that never is well fails the start: Dirty with the reason, then the reset',
  async (t) => {
    const { running, seen } = machine(t);
    application(running, { health: 'echo no data base; exit 1', 'service.yaml': 'readyWithin: 1s\n' });
    await serve(running.system, seen.around);
    const reason = /the application is not well: not well within 1 s; last: exit code 1: no data base/;
    t.match((await running.states())?.partitions['system-1'], { state: 'Dirty', reason });
    t.match(seen.resets, [reason]);
    t.match(events(running), [{ event: 'failed', running: 'system-1', text: reason }]);
    t.match(await readBootStatus(running.system), { stage: 'failed' });
  },
);

t.test('an application that fails later marks it Dirty, too', async (t) => {
  const { running, seen } = machine(t);
  application(running, { start: 'sleep 1; exit 3' });
  await serve(running.system, seen.around);
  t.match(await running.states(), {
    partitions: { 'system-1': { state: 'Dirty', reason: 'the application ended: exit code 3' } },
    // As before it was up: it was not up for long.
    recoveries: 1,
  });
  t.same(seen.resets, ['the application ended: exit code 3']);
  t.match(
    events(running).map(({ event }) => event),
    ['up', 'problem', 'failed'],
  );
});

t.test('an application that takes notice of the shutdown first has not failed', async (t) => {
  const { running, seen } = machine(t);
  application(running, { start: 'sleep 1' });
  const served = serve(running.system, seen.around);
  await seen.up();
  setTimeout(() => seen.shutDown.abort(), 1200);
  await served;
  t.same(seen.resets, []);
  t.equal((await running.states())?.partitions['system-1']?.state, 'OK');
});

t.test('a shutdown before it is up is no failure, and leaves it Dirty', async (t) => {
  const { running, seen } = machine(t);
  application(running, { start: 'sleep 0.3; exit 1', health: 'exit 1' });
  setTimeout(() => seen.shutDown.abort(), 400);
  await serve(running.system, seen.around);
  t.same(seen.resets, []);
  t.match((await running.states())?.partitions['system-1'], {
    state: 'Dirty',
    reason: 'did not finish booting',
  });
});

t.test(
  'another partition than the first is told, with what was passed over; self-repair when asked',
  async (t) => {
    for (const selfRepair of [false, true]) {
      const { running, seen } = machine(t, 'system-2');
      writeFileSync(
        join(running.folder, 'data/notify.yaml'),
        `eventLog: ${running.folder}/data/events.jsonl\nselfRepair: ${selfRepair}\n`,
      );
      const served = serve(running.system, seen.around);
      await seen.up();
      while (seen.told.length === 0) await pause(10);
      seen.shutDown.abort();
      await served;
      t.match(seen.told, [
        {
          event: {
            ...{
              event: 'fallback',
              running: 'system-2',
              version: '1.0',
              machine: { host: 'box', serial: 'SN-7' },
            },
            text: 'system-2 runs, not system-1 (system-1: did not finish booting)',
            passedOver: { 'system-1': 'did not finish booting' },
            states: { partitions: { 'system-1': { state: 'Dirty' }, 'system-2': { state: 'Clean' } } },
          },
          settings: { selfRepair },
        },
      ]);
      t.equal(seen.repairs, selfRepair ? 1 : 0);
      t.match(
        events(running).map(({ event }) => event),
        ['up', 'problem', 'fallback', 'shut-down'],
      );
    }
  },
);

t.test('the order of the file counts: then the second is the first', async (t) => {
  const { running, seen } = machine(t, 'system-2');
  const text = `eventLog: ${running.folder}/data/events.jsonl\ncandidates: [system-2, system-1, system-7]\n`;
  writeFileSync(join(running.folder, 'data/notify.yaml'), text);
  const served = serve(running.system, seen.around);
  await seen.up();
  seen.shutDown.abort();
  await served;
  t.same(seen.told, []);
  t.match(
    events(running).map(({ text }) => text),
    [/is up/, /there is no system-7/, /no disk data/, /shut down/],
  );
});

t.test('a service that is started a second time has failed', async (t) => {
  const { running, seen } = machine(t);
  const served = serve(running.system, seen.around);
  await seen.up();
  const again = around(running);
  await serve(running.system, again.around);
  t.same(again.resets, ['the service has ended unexpectedly']);
  t.equal((await running.states())?.partitions['system-1']?.state, 'Dirty');
  seen.shutDown.abort();
  await served;
});

t.test('states that cannot be written do not keep it from being up', async (t) => {
  const { running, seen } = machine(t);
  running.disk.refusedFrom = 0;
  const served = serve(running.system, seen.around);
  await seen.up();
  seen.shutDown.abort();
  await served;
  t.same(seen.resets, []);
  t.equal((await running.states())?.partitions['system-1']?.state, 'Dirty');
});

t.test('a failure whose state cannot be written is in the event log all the same', async (t) => {
  const { running, seen } = machine(t);
  running.disk.refusedFrom = 0;
  application(running, { start: 'exit 3', health: 'exit 1' });
  await serve(running.system, seen.around);
  t.match(events(running), [{ event: 'failed', text: /it ended: exit code 3/ }]);
  t.equal(seen.resets.length, 1);
});

t.test('a watchdog that cannot be fed is a failure', async (t) => {
  const { running, seen } = machine(t);
  const feed = () => {
    throw new Error('it ended with 1');
  };
  const openWatchdog = async () => ({ feed, [Symbol.asyncDispose]: async () => {} });
  await serve(running.system, { ...seen.around, openWatchdog });
  t.same(seen.resets, ['it ended with 1']);
});
