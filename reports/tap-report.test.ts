import t from 'tap';
import { type FinalResults, Parser } from 'tap-parser';
import { summariseRun } from './run-summary.ts';
import { tapReport } from './tap-report.ts';
import { folded, passed, runEnded, started } from './test-data/folded.ts';
import { sampleEvents } from './test-data/sample-run.ts';

function parse(text: string): FinalResults {
  const parser = new Parser({ strict: true });
  parser.end(text);
  if (parser.results === null) throw new Error('the parser came to no result');
  return parser.results;
}

t.test('a small run, in full', async (t) => {
  const step = { kind: 'step-started', scenarioId: 'a', category: 'boot' } as const;
  const run = folded([
    [0, started('a')],
    [0, { ...step, stepId: 's', sentence: 'it boots #1' }],
    [5, { ...step, stepId: 't', parentId: 's', sentence: 'it loads' }],
    [10, { kind: 'step-ended', scenarioId: 'a', stepId: 't', outcome: 'passed' }],
    [12.5, { kind: 'step-ended', scenarioId: 'a', stepId: 's', outcome: 'failed' }],
    [
      13,
      {
        ...{ kind: 'scenario-ended', scenarioId: 'a', outcome: 'errored', reproduce: './assay run a' },
        error: {
          code: 'X_Y',
          blame: 'host',
          message: 'lines that are longer than forty characters\n  ...\nnot ok 1',
          facts: { got: 'nothing' },
        },
      },
    ],
    [13, started('b')],
    [13, { kind: 'scenario-ended', scenarioId: 'b', outcome: 'skipped', reason: 'no memory' }],
    [14, runEnded({ errored: 1, skipped: 1 })],
  ]);
  t.equal(
    tapReport(run),
    String.raw`TAP version 14
# assay run r1, seed 7, QEMU 7.2.22 with tcg (kvm did not answer the probe boot), 2 cores, 4 GiB
# Subtest: a
    # Subtest: it boots \#1
        ok 1 - it loads
          ---
          duration_ms: 5
          outcome: "passed"
          category: "boot"
          ...
        1..1
    not ok 1 - it boots \#1
      ---
      duration_ms: 12.5
      outcome: "failed"
      category: "boot"
      ...
    1..1
not ok 1 - a
  ---
  duration_ms: 13
  outcome: "errored"
  file: "x.ts"
  error:
    code: "X_Y"
    blame: "host"
    message: "lines that are longer than forty characters\n  ...\nnot ok 1"
    got: "nothing"
  reproduce: "./assay run a"
  ...
ok 2 - b # SKIP no memory
  ---
  duration_ms: 0
  outcome: "skipped"
  file: "x.ts"
  reason: "no memory"
  ...
# 0 passed, 0 failed, 1 errored, 1 skipped
1..2
`,
  );
});

t.test('a TAP parser reads the sample run as it was', async (t) => {
  const results = parse(tapReport(summariseRun({ events: sampleEvents })));
  t.match(results, { ok: false, count: 4, pass: 2, fail: 2, skip: 1, todo: 0, bailout: false });
  t.match(results.failures, [
    {
      name: 'damaged-root-recovers',
      diag: {
        outcome: 'failed',
        error: { code: 'VM_CONSOLE_TIMEOUT', expected: 'ASSAY READY within 5 s' },
        failed_checks: [{ what: 'the page answers' }],
        evidence: [{ what: 'console log', path: '.assay/runs/r1/beta/console.log' }],
        console: [{ machine: 'beta', last_lines: ['Loading kernel', 'EXT4-fs error'] }],
      },
    },
    { name: 'decoys', diag: { outcome: 'errored', error: { blame: 'host' } } },
  ]);
});

t.test('an interrupted run and a dead runner bail out', async (t) => {
  const interrupted = tapReport(folded([[0, runEnded({}, true)]]));
  t.match(parse(interrupted), { ok: false, bailout: 'the run was interrupted' });
  const dead = parse(tapReport(folded([[0, started('a')]])));
  t.match(dead, { ok: false, bailout: 'the runner ended before the run did', fail: 1 });
  const error = { code: 'X_Y', blame: 'host', message: 'no QEMU' } as const;
  const broken = tapReport(folded([[0, { ...runEnded(), error } as never]]));
  t.match(parse(broken), { ok: false, bailout: 'X_Y: no QEMU' });
});

t.test(
  'what broke without deciding anything is no failure: expected breaks, attempts tried again',
  async (t) => {
    const step = { kind: 'step-started', stepId: 's', sentence: 'it hangs' } as const;
    const run = folded([
      [0, { ...started('a1'), name: 'a' } as never],
      [0, { ...step, scenarioId: 'a1' }],
      [1, { kind: 'step-ended', scenarioId: 'a1', stepId: 's', outcome: 'failed' }],
      [1, { kind: 'scenario-ended', scenarioId: 'a1', outcome: 'failed' }],
      [1, { ...started('a2', { attempt: 2 }), name: 'a' } as never],
      [1, { ...step, scenarioId: 'a2', stepId: 'outer', sentence: 'it is caught' }],
      [1, { ...step, scenarioId: 'a2', stepId: 'inner', parentId: 'outer' }],
      [2, { kind: 'step-ended', scenarioId: 'a2', stepId: 'inner', outcome: 'failed' }],
      [2, { kind: 'step-ended', scenarioId: 'a2', stepId: 'outer', outcome: 'passed' }],
      [2, passed('a2')],
      [3, runEnded({ flaky: 1 })],
    ]);
    const text = tapReport(run);
    t.match(text, /\nok 2 - a \(attempt 2\)\n {2}---\n {2}duration_ms: 1\n {2}outcome: "flaky"\n/);
    t.match(
      text,
      '\n# flaky: a passed when it was tried again\n# 0 passed, 0 failed, 0 errored, 0 skipped, 1 flaky\n',
    );
    t.match(text, 'not ok 1 - a (attempt 1) # TODO a later attempt decided\n');
    t.match(text, '        not ok 1 - it hangs # TODO decided nothing');
    t.match(parse(text), { ok: true, count: 2, todo: 1, fail: 1 });
  },
);

t.test('a run without scenarios', async (t) => {
  t.match(parse(tapReport(folded([[0, runEnded()]]))), { ok: true, count: 0, bailout: false });
});
