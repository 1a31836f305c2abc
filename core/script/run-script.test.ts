import t from 'tap';
import { z } from 'zod';
import { AssayError } from '../../foundation/index.ts';
import { outcomes, Running, scriptOf } from './fixtures/running-script.ts';
import { runScript } from './run-script.ts';
import { stepKind } from './step-kind.ts';

const broken = new Error('broken');

t.test('steps run one after another, and the script ends as it says', async (t) => {
  const running = new Running(scriptOf([{ name: 'one' }, { name: 'two' }]));
  t.same(await running.started(), ['one']);
  await running.pass(1500);
  await running.end('one');
  t.same(await running.started(), ['one', 'two']);
  await running.end('two');
  t.same(await running.result, {
    name: 'script',
    outcome: 'succeeded',
    end: 'restart',
    durationMs: 1500,
    steps: [
      {
        name: 'one',
        do: 'held',
        outcome: 'succeeded',
        mayFail: false,
        facts: { is: 'one' },
        durationMs: 1500,
      },
      { name: 'two', do: 'held', outcome: 'succeeded', mayFail: false, facts: { is: 'two' }, durationMs: 0 },
    ],
  });
  t.match(running.contexts.get('one'), {
    scriptName: 'script',
    scriptFolder: '/medium',
    mediumFolder: '/medium/assay',
  });
});

t.test('steps that do not wait run beside the one before them', async (t) => {
  const running = new Running(
    scriptOf([
      { name: 'first' },
      { name: 'long' },
      { name: 'beside', waits: false },
      { name: 'after-beside', waits: ['beside'] },
      { name: 'last' },
    ]),
  );
  t.same(await running.started(), ['first'], 'beside is not before its predecessor');
  await running.end('first');
  t.same(await running.started(), ['first', 'long', 'beside']);
  await running.end('beside');
  t.same((await running.started()).at(-1), 'after-beside', 'it does not wait for what it does not name');
  await running.end('after-beside');
  t.notOk((await running.started()).includes('last'), 'the last waits for all');
  await running.end('long');
  await running.end('last');
  t.same(new Set(Object.values(await outcomes(running))), new Set(['succeeded']));
});

t.test('after a failure what waits for it is skipped, also through others; the rest goes on', async (t) => {
  const running = new Running(
    scriptOf([
      { name: 'bad' },
      { name: 'other', waits: false },
      { name: 'after-other', waits: ['other'] },
      { name: 'after-bad', waits: ['bad'] },
      { name: 'far', waits: ['after-bad'] },
      { name: 'clean-up', when: 'always' },
    ]),
  );
  await running.end('bad', broken);
  await running.end('other');
  await running.end('after-other');
  await running.end('clean-up');
  t.same(await outcomes(running), {
    bad: 'failed',
    other: 'succeeded',
    'after-other': 'succeeded',
    'after-bad': 'skipped',
    far: 'skipped',
    'clean-up': 'succeeded',
  });
  t.match(await running.result, { outcome: 'failed', error: broken, end: 'prompt' });
});

t.test('a failure stays one of the script when a step was there for it, unless it may be', async (t) => {
  for (const mayFail of [false, true]) {
    const running = new Running(
      scriptOf([
        { name: 'check', mayFail },
        { name: 'repair', when: { check: ['failed'] } },
        { name: 'go-on' },
      ]),
    );
    await running.end('check', broken);
    await running.end('repair');
    if (mayFail) await running.end('go-on');
    const repaired = { check: 'failed', repair: 'succeeded', 'go-on': mayFail ? 'succeeded' : 'skipped' };
    t.same(await outcomes(running), repaired, `mayFail: ${mayFail}`);
    t.equal((await running.result).outcome, mayFail ? 'succeeded' : 'failed');
  }
});

t.test('the first failure in time is that of the script', async (t) => {
  const running = new Running(scriptOf([{ name: 'slow' }, { name: 'quick', waits: false }]));
  await running.end('quick', broken);
  await running.end('slow', new Error('later'));
  t.equal((await running.result).error, broken);
});

t.test('events tell everything in order', async (t) => {
  const inner = scriptOf([{ name: 'copy' }], { name: 'inner', path: '/medium/rest.yaml' });
  const steps = [{ name: 'rest', do: 'call', called: inner }, { name: 'next' }];
  const running = new Running(scriptOf(steps));
  await running.pass(10);
  running.contexts.get('copy')!.log('half of it');
  await running.pass(20);
  const error = new AssayError('X_Y', { blame: 'product', summary: 's', remedy: 'r' }, { tried: 'it' });
  await running.end('copy', error);
  await running.result;
  const failure = { code: 'X_Y', message: 's: it', remedy: 'r' };
  const ended = { outcome: 'failed', error: failure, durationMs: 30 };
  t.same(running.events, [
    {
      atMs: 0,
      type: 'script-started',
      script: 'script',
      path: '/medium/script.yaml',
      steps: ['rest', 'next'],
    },
    { atMs: 0, type: 'step-started', step: 'rest', do: 'call' },
    {
      atMs: 0,
      type: 'script-started',
      script: 'inner',
      path: '/medium/rest.yaml',
      step: 'rest',
      steps: ['copy'],
    },
    { atMs: 0, type: 'step-started', step: 'rest/copy', do: 'held' },
    { atMs: 10, type: 'step-log', step: 'rest/copy', text: 'half of it' },
    { atMs: 30, type: 'step-ended', step: 'rest/copy', do: 'held', ...ended },
    { atMs: 30, type: 'script-ended', script: 'inner', step: 'rest', ...ended },
    { atMs: 30, type: 'step-ended', step: 'rest', do: 'call', ...ended },
    {
      atMs: 30,
      type: 'step-ended',
      step: 'next',
      do: 'held',
      outcome: 'skipped',
      reason: '"rest" failed',
      durationMs: 0,
    },
    { atMs: 30, type: 'script-ended', script: 'script', ...ended, end: 'prompt' },
  ]);
  t.same(JSON.parse(JSON.stringify(running.events)), running.events, 'plain data');
});

t.test('a step that throws nothing at all has failed none the less', async (t) => {
  const kind = stepKind({
    name: 'odd',
    summary: 'odd',
    options: z.strictObject({}),
    run: () => {
      throw undefined;
    },
  });
  const script = scriptOf([{ name: 'odd', do: 'odd' }]);
  const result = await runScript(script, { kinds: [kind], mediumFolder: '/', onEvent: () => {} });
  t.match(result, { outcome: 'failed', error: /without saying why/ });
});
