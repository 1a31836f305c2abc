import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { htmlReport } from './html/html-report.ts';
import { summariseRun } from './run-summary.ts';
import { terminalSummary } from './terminal-summary.ts';
import { folded, passed, runEnded, started } from './test-data/folded.ts';
import { sampleEvents } from './test-data/sample-run.ts';

const golden = `\
assay run r1
  seed 7, QEMU 7.2.22 with tcg (kvm did not answer the probe boot), 2 cores, 4 GiB

  passed   lifecycle  3.2s
  failed   damaged-root-recovers  5.1s
  skipped  masters-agree  needs 8 GiB of memory # now
  errored  decoys  100ms

Where the time went
  wait               6.9s  82%  ████████████████     2 steps
  boot               1.0s  12%  ██                   1 step
  outside steps     500ms   6%  █
  slowest steps, without the steps inside them:
       4.9s  the emergency system takes over (damaged-root-recovers, beta)
       2.0s  it becomes ready (lifecycle, alpha)
       1.0s  the master boots (lifecycle, alpha)
  by the clock 8.5s; scenarios together 8.4s; machines together 7.9s

FAILED damaged-root-recovers  scenarios/recovery.ts
  step:          the emergency system takes over
  what:          VM_CONSOLE_TIMEOUT: the console did not show what was waited for: expect "ASSAY READY" on machine beta
  blame:         product: what is tested did something wrong
  expected:      ASSAY READY within 5 s
  got:           nothing new
  to do:         read the console log
  followed by:   VM_STOP_FAILED: it would not stop
  check:         the page answers
    expected:    status 200
    got:         connection refused
  console:       beta: timeout: expect "ASSAY READY"
  console:       beta, last 2 lines:
  | Loading kernel
  | EXT4-fs error
  evidence:      .assay/runs/r1/beta/console.log (console log)
  run again:     ./assay run damaged-root-recovers --seed 7

ERRORED decoys  scenarios/masters.ts
  what:          FOUNDATION_DISK_FULL: no space is left: write a clone
  blame:         host: this machine; says nothing about the product

1 passed, 1 failed, 1 errored, 1 skipped
`;

t.test('the sample run, without colours', async (t) => {
  t.equal(terminalSummary(summariseRun({ events: sampleEvents }), { color: false }), golden);
});

t.test('results of the run stand before the counts, line by line, and are no warnings', async (t) => {
  const note = (text: string, level: 'info' | 'result') => ({ kind: 'note', text, level }) as const;
  const run = folded([
    [0, started('lifecycle')],
    [1, note('candidate 1', 'info')],
    [2, note('it fails by 1 of 2 faults:\n  a \u001b[31mfault', 'result')],
    [3, passed('lifecycle')],
    [4, runEnded({ passed: 1 })],
  ]);
  const summary = terminalSummary(run, { color: false });
  t.match(summary, '\n\nit fails by 1 of 2 faults:\n  a fault\n\n1 passed');
  t.notMatch(summary, /candidate|warning/);
  t.match(htmlReport(run), /<pre class="result">it fails by 1 of 2 faults:\n {2}a fault<\/pre>/);
});

t.test('colours add nothing but colours', async (t) => {
  const painted = terminalSummary(summariseRun({ events: sampleEvents }), { color: true });
  t.match(painted, '\u001b[31m');
  t.equal(stripVTControlCharacters(painted), golden);
});

t.test('an interrupted run says so, and what was not started', async (t) => {
  const run = folded([
    [0, started('a')],
    [1, passed('a')],
    [2, runEnded({ passed: 1 }, true)],
  ]);
  const text = terminalSummary({ ...run, plannedScenarios: 3 }, { color: false });
  t.match(text, /\nthe run was interrupted; scenarios not started: 2\n\n1 passed, .*\n$/);
});

t.test("a dead runner: the scenario's command, and that the run has no end", async (t) => {
  const run = folded([[0, { ...started('a'), reproduce: './assay run a' } as never]]);
  const text = terminalSummary(run, { color: false });
  t.match(text, /ERRORED a .*\n {2}what: .* the runner ended before the scenario did/);
  t.match(
    text,
    /run again: {5}\.\/assay run a\n\nthe runner ended before the run did\n\n0 passed, 0 failed, 1 errored/,
  );
});

t.test(
  'a harness error shows its stack, warnings and the error of the run itself stand at the end',
  async (t) => {
    const stack = 'Error: no\n    at one (a.ts:1:1)\n    at two (b.ts:2:2)';
    const error = { code: 'TypeError', blame: 'harness', message: 'no', stack } as const;
    const run = folded([
      [0, started('a')],
      [1, { kind: 'note', scenarioId: 'a', level: 'warning', text: 'unlocked: X instead of Y' }],
      [1, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'errored', error }],
      [2, { ...runEnded({ errored: 1 }), error: { ...error, message: 'of the run' } } as never],
    ]);
    const text = terminalSummary(run, { color: false });
    t.match(text, '  stack:         at one (a.ts:1:1)\n                 at two (b.ts:2:2)\n');
    t.match(
      text,
      /\nwarning: unlocked: X instead of Y\n\nthe run itself:\n {2}what: {10}TypeError: of the run\n/,
    );
  },
);

t.test('an attempt that was tried again is shown with its failure, and not counted', async (t) => {
  const run = folded([
    [0, { ...started('a1'), name: 'a' } as never],
    [1, { kind: 'scenario-ended', scenarioId: 'a1', outcome: 'failed', reason: 'it did not boot' }],
    [1, { ...started('a2', { attempt: 2 }), name: 'a' } as never],
    [2, passed('a2')],
    [3, runEnded({ flaky: 1 })],
  ]);
  const text = terminalSummary({ ...run, plannedScenarios: 2 }, { color: false });
  t.match(text, '  failed   a (attempt 1)  1ms\n  flaky    a (attempt 2)  1ms\n');
  t.match(text, '\nscenarios not started: 1\n', 'an attempt beyond the first was not planned');
  t.match(text, 'FAILED a (attempt 1)  x.ts, tried again\n  what:          it did not boot\n');
  t.match(text, /\n0 passed, 0 failed, 0 errored, 0 skipped, 1 flaky\n$/);
});

t.test('a part of a divided run says which, and one without scenarios that it has none', async (t) => {
  const run = folded([[0, runEnded()]]);
  const text = terminalSummary(
    { ...run, shard: { number: 3, of: 3 }, plannedScenarios: 0 },
    { color: false },
  );
  t.match(text, /^assay run r1, shard 3\/3\n.*\n\n {2}nothing to run\n/);
});

t.test('the faults that were injected stand with the failure', async (t) => {
  const run = folded([
    [0, started('a')],
    [1, { kind: 'fault', scenarioId: 'a', what: 'bit rot in sector 7', proof: '00 -> 01' }],
    [2, { kind: 'fault', scenarioId: 'a', what: 'power cut' }],
    [3, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'failed' }],
    [4, runEnded({ failed: 1 })],
  ]);
  const text = terminalSummary(run, { color: false });
  t.match(text, '  fault:         bit rot in sector 7: 00 -> 01\n  fault:         power cut: NOT PROVED\n');
});

t.test('only so many console lines as were asked for', async (t) => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const run = folded([
    [0, started('a')],
    [
      1,
      { kind: 'scenario-ended', scenarioId: 'a', outcome: 'failed', consoleTails: [{ machine: 'm', lines }] },
    ],
    [2, runEnded({ failed: 1 })],
  ]);
  const text = terminalSummary(run, { color: false, consoleLines: 2 });
  t.match(text, '  console:       m, last 2 lines:\n  | line 38\n  | line 39\n\n');
});
