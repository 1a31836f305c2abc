import t from 'tap';
import { create } from 'xmlbuilder2';
import { junitReport } from './junit-report.ts';
import { summariseRun } from './run-summary.ts';
import { folded, passed, runEnded, started } from './test-data/folded.ts';
import { sampleEvents } from './test-data/sample-run.ts';

t.test('a small run, in full', async (t) => {
  const run = folded([
    [0, started('a')],
    [
      1500,
      {
        ...{ kind: 'scenario-ended', scenarioId: 'a', outcome: 'errored', reproduce: './assay run a' },
        error: { code: 'X_Y', blame: 'host', message: 'no <space>', stack: 'X: no\n    at a.ts:1' },
        evidence: [{ what: 'console log', path: 'a/console.log' }],
        consoleTails: [{ machine: 'm', lines: ['one', 'two ]]>'] }],
      },
    ],
    [1500, started('b')],
    [1500, { kind: 'measure', scenarioId: 'b', name: 'boot', value: 2.5, unit: 's' }],
    [1500, { kind: 'scenario-ended', scenarioId: 'b', outcome: 'skipped', reason: 'no memory' }],
    [2000, runEnded({ errored: 1, skipped: 1 })],
  ]);
  t.equal(
    junitReport(run),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="assay" tests="2" failures="0" errors="1" skipped="1" time="2.000" timestamp="2026-01-02T03:04:05.000Z">
  <testsuite name="x.ts" tests="2" failures="0" errors="1" skipped="1" time="1.500" timestamp="2026-01-02T03:04:05.000Z">
    <properties>
      <property name="runId" value="r1"/>
      <property name="seed" value="7"/>
      <property name="timeoutScale" value="1"/>
      <property name="qemuVersion" value="7.2.22"/>
      <property name="accelerator" value="tcg"/>
      <property name="acceleratorReason" value="kvm did not answer the probe boot"/>
      <property name="cores" value="2"/>
      <property name="memoryBytes" value="4294967296"/>
    </properties>
    <testcase name="a" classname="x.ts" file="x.ts" time="1.500">
      <properties>
        <property name="outcome" value="errored"/>
        <property name="blame" value="host"/>
        <property name="reproduce" value="./assay run a"/>
        <property name="evidence: console log" value="a/console.log"/>
      </properties>
      <error message="X_Y: no &lt;space&gt;" type="X_Y">  what:          X_Y: no &lt;space&gt;
  blame:         host: this machine; says nothing about the product
  evidence:      a/console.log (console log)
  run again:     ./assay run a

X: no
    at a.ts:1</error>
      <system-out>m, last console lines:
| one
| two ]]&gt;</system-out>
    </testcase>
    <testcase name="b" classname="x.ts" file="x.ts" time="0.000">
      <properties>
        <property name="outcome" value="skipped"/>
        <property name="measure: boot" value="2.5 s"/>
      </properties>
      <skipped message="no memory"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

t.test('an XML parser reads the sample run as it was', async (t) => {
  const root = create(junitReport(summariseRun({ events: sampleEvents }))).root();
  t.match(root.toObject(), {
    testsuites: {
      ...{ '@tests': '4', '@failures': '1', '@errors': '1', '@skipped': '1' },
      testsuite: [
        { '@name': 'scenarios/lifecycle.ts', testcase: { '@name': 'lifecycle', '@time': '3.200' } },
        {
          testcase: {
            failure: { '@type': 'VM_CONSOLE_TIMEOUT', '#': /expected: {6}ASSAY READY within 5 s/ },
            'system-out': 'beta, last console lines:\n| Loading kernel\n| EXT4-fs error',
          },
        },
        { testcase: [{ skipped: { '@message': 'needs 8 GiB of memory # now' } }, { error: {} }] },
      ],
    },
  });
});

t.test('a run that did not end by itself has an error of its own, also in the sums', async (t) => {
  for (const [events, message] of [
    [[[0, runEnded({}, true)]], 'the run is interrupted'],
    [[], 'the run is broken-off'],
  ] as const) {
    const root = create(junitReport(folded([...events] as never))).root();
    t.match(root.toObject(), {
      testsuites: {
        ...{ '@tests': '1', '@errors': '1' },
        testsuite: { '@name': 'run', testcase: { error: { '@message': message } } },
      },
    });
  }
});

t.test('attempts that were tried again are flaky or rerun failures of the one that decided', async (t) => {
  const attempts = (last: 'passed' | 'failed') =>
    folded([
      [0, { ...started('a1'), name: 'a' } as never],
      [
        1,
        {
          ...{ kind: 'scenario-ended', scenarioId: 'a1', outcome: 'errored', reason: 'first' },
          consoleTails: [{ machine: 'm', lines: ['one'] }],
        } as never,
      ],
      [1, { ...started('a2', { attempt: 2 }), name: 'a' } as never],
      [2, last === 'passed' ? passed('a2') : { kind: 'scenario-ended', scenarioId: 'a2', outcome: 'failed' }],
      [3, runEnded(last === 'passed' ? { flaky: 1 } : { failed: 1 })],
    ]);
  t.match(junitReport(attempts('passed')), /tests="1" failures="0"[\s\S]*<flakyError message="first"/);
  const testcase = create(junitReport(attempts('passed')))
    .root()
    .toObject() as never;
  t.match(testcase, {
    testsuites: {
      testsuite: {
        testcase: {
          properties: { property: { '@name': 'outcome', '@value': 'flaky' } },
          flakyError: { stackTrace: /what: +first/, 'system-out': 'm, last console lines:\n| one' },
        },
      },
    },
  });
  t.match(junitReport(attempts('failed')), /tests="1" failures="1"[\s\S]*<failure [\s\S]*<rerunError /);
});

t.test('a part of a divided run says which', async (t) => {
  const run = folded([
    [0, started('a')],
    [1, passed('a')],
    [2, runEnded({ passed: 1 })],
  ]);
  t.notMatch(junitReport(run), 'name="shard"');
  t.match(junitReport({ ...run, shard: { number: 2, of: 3 } }), '<property name="shard" value="2/3"/>');
});

t.test('what looks like a reference in a text is text', async (t) => {
  const reason = '&lt; &undefined; &#0; &#x0; &';
  const run = folded([
    [0, started('a')],
    [1, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'skipped', reason }],
    [2, runEnded({ skipped: 1 })],
  ]);
  t.match(junitReport(run), 'message="&amp;lt; &amp;undefined; &amp;#0; &amp;#x0; &amp;"');
});
