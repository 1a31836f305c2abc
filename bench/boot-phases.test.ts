import t from 'tap';
import { medianPhases, parseRecording, phasesOf, timeOfText } from './boot-phases.ts';

t.test('when a text was complete on a recording', async (t) => {
  const recording = parseRecording(
    [
      '{"version":2,"width":132,"height":40}',
      '[0.100000, "m", "power on"]',
      '[1.500000, "o", "ASSAY M"]',
      '[1.600000, "i", "ASSAY READY"]',
      '[1.700000, "o", "BR primary 1/3\\r\\n"]',
      '[7.250000, "o", "ASSAY READY {}\\r\\n"]',
      '',
    ].join('\n'),
  );
  t.equal(timeOfText(recording, 'ASSAY MBR'), 1700, 'over two events');
  t.equal(timeOfText(recording, 'ASSAY READY'), 7250, 'what was typed does not count');
  t.throws(() => timeOfText(recording, 'ASSAY EMERGENCY'), { code: 'BENCH_NOT_MEASURED' });
});

t.test('phases add up to the whole', async (t) => {
  const phases = phasesOf({
    masterBootRecord: 800,
    kernel: 1500,
    init: 3000,
    root: 3400,
    appliance: 4000,
    ready: 6000,
    believed: 6100,
  });
  t.same(
    phases.map(({ tookMs }) => tookMs),
    [800, 700, 1500, 400, 600, 2000, 100],
  );
});

t.test('medians of phases, with their share', async (t) => {
  const boots = [
    [
      { name: 'firmware', tookMs: 100 },
      { name: 'kernel', tookMs: 300 },
    ],
    [
      { name: 'firmware', tookMs: 90 },
      { name: 'kernel', tookMs: 280 },
    ],
    [
      { name: 'firmware', tookMs: 500 },
      { name: 'kernel', tookMs: 900 },
    ],
  ];
  t.same(medianPhases(boots), [
    { name: 'firmware', tookMs: 100, share: 0.25 },
    { name: 'kernel', tookMs: 300, share: 0.75 },
  ]);
  t.same(medianPhases([]), []);
});
