import t from 'tap';
import { outcomes, Running, scriptOf } from './fixtures/running-script.ts';

const broken = new Error('broken');

t.test('a step whose time is over has failed, whatever comes of it', async (t) => {
  const steps = [{ name: 'long', timeLimitMs: 60_000 }, { name: 'next' }];
  const running = new Running(scriptOf(steps));
  await running.pass(59_999);
  t.notOk(running.contexts.get('long')!.signal.aborted);
  await running.pass(1);
  t.ok(running.contexts.get('long')!.signal.aborted);
  t.notOk(
    running.events.some(({ type }) => type === 'step-ended'),
    'it is given time to end',
  );
  await running.end('long');
  const { error, steps: results } = await running.result;
  t.match(error, { code: 'SCRIPT_STEP_TIMED_OUT', facts: { expected: 'an end within 1m' } });
  t.match(results[1], { outcome: 'skipped', reason: '"long" failed' });
  t.equal(running.timers, 0, 'no timer is left');
});

t.test('a step that is done in time leaves no timer behind', async (t) => {
  const running = new Running(scriptOf([{ name: 'short', timeLimitMs: 60_000 }], { timeLimitMs: 90_000 }));
  await running.end('short');
  t.equal((await running.result).outcome, 'succeeded');
  t.equal(running.timers, 0);
  running.contexts.get('short')!.log('still here');
  t.notOk(
    running.events.some(({ type }) => type === 'step-log'),
    'and what it says afterwards is lost',
  );
});

t.test('a step that does not end when its time is over is left behind', async (t) => {
  const running = new Running(
    scriptOf([{ name: 'stuck', timeLimitMs: 1000, mayFail: true }, { name: 'next' }]),
    {
      graceMs: 5000,
    },
  );
  await running.pass(1000);
  await running.pass(4999);
  t.same(await running.started(), ['stuck']);
  await running.pass(1);
  t.same(await running.started(), ['stuck', 'next']);
  running.contexts.get('stuck')!.log('still here');
  await running.end('next');
  t.equal((await running.result).outcome, 'succeeded');
  const logged = running.events.flatMap((event) => (event.type === 'step-log' ? [event.text] : []));
  t.equal(logged.length, 1, 'what it says afterwards is not in the log');
  t.match(logged, [/the script goes on without it/]);
  await running.end('stuck', broken);
});

t.test('when the time of the script is over everything ends, and nothing begins', async (t) => {
  const running = new Running(
    scriptOf(
      [
        { name: 'long', mayFail: true },
        { name: 'clean-up', when: 'always' },
      ],
      { timeLimitMs: 7_200_000 },
    ),
  );
  await running.pass(7_200_000);
  await running.end('long');
  t.same(await outcomes(running), { long: 'failed', 'clean-up': 'skipped' });
  const { outcome, error, end } = await running.result;
  t.match({ outcome, end }, { outcome: 'failed', end: 'prompt' });
  t.match(error, { code: 'SCRIPT_TIMED_OUT', facts: { expected: 'an end within 2h' } });
});

t.test('a script that is given up ends, called ones with it', async (t) => {
  const giveUp = new AbortController();
  const inner = scriptOf([{ name: 'deep' }], { name: 'inner' });
  const running = new Running(scriptOf([{ name: 'rest', do: 'call', called: inner }]), {
    signal: giveUp.signal,
  });
  t.same(await running.started(), ['rest', 'rest/deep']);
  giveUp.abort();
  await running.end('deep', broken);
  const result = await running.result;
  t.match(result.error, { code: 'SCRIPT_GIVEN_UP' });
  t.equal(result.steps[0]!.outcome, 'failed');
});

t.test('a called script runs as a step, whose end is its own', async (t) => {
  const inner = scriptOf([{ name: 'one' }, { name: 'two' }], {
    name: 'inner',
    end: 'shut-down',
    onFailure: 'shut-down',
  });
  const running = new Running(
    scriptOf([{ name: 'rest', do: 'call', called: inner, mayFail: true }, { name: 'last' }]),
  );
  await running.end('one', broken);
  t.same(await running.started(), ['rest', 'rest/one', 'last']);
  await running.end('last');
  const { outcome, end, steps } = await running.result;
  t.match(
    { outcome, end },
    { outcome: 'succeeded', end: 'restart' },
    'only the outermost says what happens then',
  );
  t.equal(steps[0]!.error, broken);
  t.match(steps[0]!.called, {
    name: 'inner',
    outcome: 'failed',
    steps: [{ outcome: 'failed' }, { outcome: 'skipped' }],
  });
});

t.test('the time limit of a call is that of the called script', async (t) => {
  const inner = scriptOf([{ name: 'one' }, { name: 'two' }]);
  const running = new Running(scriptOf([{ name: 'rest', do: 'call', called: inner, timeLimitMs: 1000 }]));
  await running.pass(1000);
  t.ok(running.contexts.get('one')!.signal.aborted);
  await running.pass(5000);
  const { error, steps } = await running.result;
  t.match(error, { code: 'SCRIPT_STEP_TIMED_OUT', facts: { tried: 'run the step "rest" (call)' } });
  t.match(steps[0]!.called!.steps[1], { outcome: 'skipped', reason: 'the script was ended before' });
});

t.test('programs of a step end with it', async (t) => {
  let given: AbortSignal | undefined;
  const running = new Running(scriptOf([{ name: 'one', timeLimitMs: 10 }]), {
    runProgram: async (name, words, { signal }) => {
      given = signal;
      return [name, ...words].join(' ');
    },
  });
  await running.started();
  t.equal(await running.contexts.get('one')!.runProgram('ip', ['link']), 'ip link');
  await running.pass(10);
  t.ok(given!.aborted);
  await running.pass(5000);
  t.equal((await running.result).outcome, 'failed');
});
