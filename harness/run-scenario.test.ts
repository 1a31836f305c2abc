import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { NewEvent } from '../reports/index.ts';
import type { Machine } from '../vm/index.ts';
import type { Bench } from './bench.ts';
import type { Machines } from './machines.ts';
import { runScenario } from './run-scenario.ts';
import { scenario, takeDeclaredScenarios } from './scenario.ts';
import { catchStrayErrors } from './stray-errors.ts';

type Ended = Extract<NewEvent, { kind: 'scenario-ended' }>;

/** Machines that do nothing but say when they are disposed of. */
function idleMachines(disposed: string[]): Machines {
  return {
    async create(spec, { offerConsole }) {
      offerConsole(spec.name, { lastLine: () => 'last', tail: () => ['first', 'last'] });
      const machine = { name: spec.name, [Symbol.asyncDispose]: async () => disposed.push(spec.name) };
      return machine as unknown as Machine;
    },
  };
}

interface Around {
  timeoutMs?: number;
  machines?: Machines;
  signal?: AbortSignal;
}

/** Runs one body as a scenario, and gives what was recorded of its end. */
async function run(body: (bench: Bench) => void | Promise<void>, around: Around = {}): Promise<Ended> {
  const { timeoutMs = 60_000, machines, signal = new AbortController().signal } = around;
  scenario('a-test', { summary: 's', timeoutMs }, body);
  const [declared] = takeDeclaredScenarios();
  const folder = await mkdtemp('/tmp/a-');
  const events: NewEvent[] = [];
  using _strays = catchStrayErrors();
  try {
    await runScenario(
      { id: 'a-test', number: 1, scenario: declared!, file: 'a.ts', repeat: 1, attempt: 1 },
      {
        runFolder: folder,
        runtimeFolder: join(folder, 'runtime'),
        timeoutScale: 1,
        seed: '7',
        keep: false,
        reproduce: 'assay run a-test',
        append: (event) => events.push(event),
        ...{ machines, signal },
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return events.at(-1) as Ended;
}

const forEver = () => new Promise<void>(() => {});

t.test('out of time: whose fault it is depends on the evidence', async (t) => {
  const machines = idleMachines([]);
  const hung = await run(() => forEver(), { timeoutMs: 50, machines });
  t.match(hung, { outcome: 'errored', error: { code: 'HARNESS_SCENARIO_HUNG' } });

  const late = async (bench: Bench) => {
    await bench.machine({ name: 'alpha' });
    await bench.step('wait for the page', forEver);
  };
  const failed = await run(late, { timeoutMs: 200, machines });
  t.match(failed, {
    outcome: 'failed',
    error: { code: 'HARNESS_SCENARIO_TIMEOUT', facts: { where: 'step "wait for the page"' } },
    consoleTails: [{ machine: 'alpha', lines: ['first', 'last'] }],
  });

  const strained = async (bench: Bench) => {
    await bench.machine({ name: 'alpha' });
    const endMs = performance.now() + 2_500;
    while (performance.now() < endMs);
    await forEver();
  };
  const stalled = await run(strained, { timeoutMs: 100, machines });
  t.match(stalled, {
    outcome: 'errored',
    error: { code: 'HARNESS_SCENARIO_STALLED', blame: 'host', facts: { got: /held up for \d+ ms/ } },
  });
});

t.test('machines are disposed of, last made first, also one that is still being made', async (t) => {
  const disposed: string[] = [];
  const ended = await run(
    async (bench) => {
      await bench.machine({ name: 'alpha' });
      void bench.machine({ name: 'beta' });
    },
    { machines: idleMachines(disposed) },
  );
  t.equal(ended.outcome, 'passed');
  t.same(disposed, ['beta', 'alpha']);
});

t.test('without machines a scenario that asks for one is errored', async (t) => {
  t.match(await run(async (bench) => void (await bench.machine({ name: 'alpha' }))), {
    outcome: 'errored',
    error: { code: 'HARNESS_MACHINES_MISSING' },
  });
});

t.test('after an abort nothing new begins', async (t) => {
  const disposed: string[] = [];
  let began = false;
  const ended = await run(
    async (bench) => {
      await bench.step('outer', async () => {
        await new Promise((resolve) => bench.signal.addEventListener('abort', resolve));
      });
      await bench.step('too late', () => {
        began = true;
      });
      await bench.machine({ name: 'alpha' });
    },
    { timeoutMs: 50, machines: idleMachines(disposed) },
  );
  t.match(ended, { outcome: 'errored', error: { code: 'HARNESS_SCENARIO_HUNG' } });
  t.equal(began, false);
  t.same(disposed, []);
});

t.test('a clean-up that goes wrong in the background is seen', async (t) => {
  const ended = await run((bench) => {
    bench.defer('undo', async () => {
      void Promise.reject(new Error('nobody waits'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
  });
  t.match(ended, { outcome: 'errored', error: { code: 'HARNESS_STRAY_ERROR' } });
});

t.test('a skip that cannot be cleaned up is errored', async (t) => {
  const ended = await run((bench) => {
    bench.defer('undo', () => {
      throw new Error('no undo');
    });
    bench.skip('no reason');
  });
  t.match(ended, { outcome: 'errored', error: { code: 'HARNESS_CLEANUP_FAILED' } });
});

t.test('an interruption is not the product', async (t) => {
  const aborter = new AbortController();
  const body = async () => {
    aborter.abort(new Error('enough'));
    await forEver();
  };
  t.match(await run(body, { signal: aborter.signal }), { outcome: 'errored' });
});
