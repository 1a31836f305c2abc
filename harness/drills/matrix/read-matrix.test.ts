import { join } from 'node:path';
import t from 'tap';
import { plannedFaultText } from '../fault-plan.ts';
import { deliveredMatrix } from './delivered-matrix.ts';
import { parseMatrix, readMatrix } from './read-matrix.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

function parse(text: string, at = now) {
  return parseMatrix(text, 'm.yaml', at);
}

const head = 'drills:\n  - scenarios: [field]\n    moments: [power-on:2]\n    faults:\n';

t.test('a matrix is groups of scenarios, faults and moments, and whole plans', async (t) => {
  const { groups, quarantine } = parse(`
drills:
  - scenarios: [field, 'life*']
    moments: [power-on:2, 'console:/at the end/']
    faults:
      - bits-flipped count=3
      - { fault: power-cut lose=some, moments: ['in-write:30@system'] }
    plans:
      - [boot-record-damaged, 'power-cut at time:3s']
`);
  t.strictSame(quarantine, []);
  t.match(groups, [
    {
      scenarios: ['field', 'life*'],
      moments: [
        { kind: 'power-on', number: 2 },
        { kind: 'console', pattern: /at the end/ },
      ],
      faults: [
        { fault: { declaration: { name: 'bits-flipped' }, parameters: { count: 3 } } },
        { fault: { parameters: { lose: 'some' } }, moments: [{ kind: 'in-write', number: 30 }] },
      ],
    },
  ]);
  t.strictSame(
    groups[0]?.plans.map(({ faults }) => faults.map(plannedFaultText)),
    [['boot-record-damaged at power-on:2', 'power-cut at time:3s']],
  );
});

t.test('a fault, and a whole plan, may have a refusal as its rightful end', async (t) => {
  const { groups } = parse(`
drills:
  - scenarios: [field]
    moments: [power-on:2]
    faults:
      - { fault: licence-damaged copies=all, ends: 'refused:/no licence/' }
    plans:
      - { faults: [file-system-damaged, backup-damaged], ends: 'refused:/REBUILD-FAILED/' }
`);
  t.match(groups[0], {
    faults: [{ ends: { kind: 'refused', pattern: /no licence/ } }],
    plans: [{ ends: { pattern: /REBUILD-FAILED/ } }],
  });
  t.throws(() => parse(`${head}      - { fault: bits-flipped, ends: well }\n`), {
    message: /line 5.*the end "well"/s,
  });
});

t.test('what is wrong is named with its line', async (t) => {
  const wrong: [text: string, message: RegExp][] = [
    [`${head}      - bits-fliped\n`, /line 5.*nearest is bits-flipped/s],
    [`${head}      - bits-flipped\n      - { fault: bits-flipped cuont=3 }\n`, /line 6.*count/s],
    [`${head}      - bits-flipped at power-on\n`, /line 5/],
    [
      'drills:\n  - scenarios: [field]\n    moments: [noon]\n    faults: [bits-flipped]\n',
      /line 3.*moment "noon"/s,
    ],
    ['drills:\n  - scenarios: [field]\n    faults:\n      - bits-flipped\n', /line 4.*it has no moments/s],
    ['drills:\n  - scenarios: [field]\n    moments: [power-on]\n', /line 2.*no faults, and no plans/s],
    ['drills:\n  - scenarios: [field]\n    plans: [[power-cut at power-on]]\n', /line 3.*is on/s],
    [head.replace('moments', 'controllers: [sata]\n    moments'), /line 3.*controllers.*ahci/s],
    [head.replace('moments', 'layouts: [headles]\n    moments'), /line 3.*did you mean "headless"/s],
    [`${head}      - bits-flipped\nquarantin: []\n`, /line 6.*did you mean "quarantine"/s],
    ['drills: []\n', /drills/],
  ];
  for (const [text, message] of wrong) {
    t.throws(() => parse(text), { code: 'FOUNDATION_CONFIG_INVALID', message }, String(message));
  }
  t.throws(() => parse('drills: ['), { code: 'IMAGES_TEXT_INVALID', message: /m.yaml:1/ });
  await t.rejects(readMatrix('/nowhere/m.yaml'), { code: 'DRILLS_MATRIX_INVALID', message: /nowhere/ });
});

const quarantined = (entry: string) => `${head}      - bits-flipped\nquarantine:\n  - ${entry}\n`;

t.test('a quarantine has an owner, a reason and a date, or its drill is named', async (t) => {
  const whole = "{ drill: 'field--*', owner: smith, reason: 'ticket 7', expires: 2026-12-31 }";
  t.strictSame(parse(quarantined(whole)).quarantine, [
    { drill: 'field--*', owner: 'smith', reason: 'ticket 7', expires: '2026-12-31' },
  ]);
  t.throws(() => parse(quarantined("{ drill: 'field--*', owner: smith, expires: 2026-12-31 }")), {
    code: 'FOUNDATION_CONFIG_INVALID',
    message: /line 7.*quarantine of field--\* has no reason/s,
  });
  t.throws(() => parse(quarantined("{ drill: 'field--*', reason: x }")), { message: /no owner, no expires/ });
  t.throws(() => parse(quarantined(whole.replace("'ticket 7'", "' '"))), { message: /line 7.*reason/s });
  t.throws(() => parse(quarantined(whole.replace('2026-12-31', 'soon'))), { message: /line 7.*2026-12-31/s });
});

t.test('it expires when its last day is over', async (t) => {
  const text = quarantined("{ drill: 'field--*', owner: smith, reason: 'ticket 7', expires: 2026-12-31 }");
  t.equal(parse(text, Date.parse('2026-12-31T23:59:59Z')).quarantine.length, 1);
  t.throws(() => parse(text, Date.parse('2027-01-01T00:00:00Z')), {
    code: 'DRILLS_QUARANTINE_EXPIRED',
    message: /field--\*.*ticket 7 \(smith\).*2026-12-31/s,
  });
});

t.test('the delivered matrix can be read', async (t) => {
  const { groups } = await readMatrix(join(import.meta.dirname, '../../..', deliveredMatrix), now);
  t.ok(groups.length > 1);
});
