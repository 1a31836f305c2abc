import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace, type Place } from '../../tests/command-line.ts';

/**
 * A machine of paper with a disk of 64 sectors. It is not well where sectors 2 and 5 are damaged, or 7 alone; only with sector 2
 * damaged it starts a second time.
 */
const scenarios = `
import { readFile, writeFile } from 'node:fs/promises';
class Paper {
  name = 'alpha'; isOn = false; spec = {}; powerOns = 0; companions = [];
  constructor(path) { this.diskFiles = [{ name: 'system', path }]; }
  accompany(companion) { this.companions.push(companion); }
  async powerOn() {
    this.powerOns += 1;
    for (const { beforePowerOn } of this.companions) await beforePowerOn?.(this.powerOns);
    this.isOn = true;
    const running = { isOn: true, console: { listen: () => () => {} }, ended: new Promise(() => {}) };
    for (const { beforeFirstInstruction } of this.companions) await beforeFirstInstruction?.(running);
  }
}
scenario('paper', { summary: 's', needs: { machines: 0 } }, async (bench) => {
  const path = bench.workFolder + '/system.raw';
  await writeFile(path, Buffer.alloc(64 * 512));
  const machine = new Paper(path);
  const isDamaged = async (sector) => (await readFile(path)).subarray(sector * 512, sector * 512 + 512).some((byte) => byte !== 0);
  bench.subject({
    machine,
    becomesWell: async () => {
      await new Promise((over) => setTimeout(over, Number(process.env.SLOW ?? 0)));
      const isIll = ((await isDamaged(2)) && (await isDamaged(5))) || (await isDamaged(7));
      bench.check('it is well', isIll && process.env.HEALED === undefined, false);
    },
  });
  await machine.powerOn();
  if (!(await isDamaged(2))) return;
  machine.isOn = false;
  await machine.powerOn();
});
scenario('plain', { summary: 's', needs: { machines: 0 } }, () => assert.fail('as ever'));
`;

const damage = (sector: number, moment = 'power-on', more = '') =>
  `sectors-damaged ${more}first=${sector} count=1 at ${moment}`;
const faults = [damage(1), damage(2), damage(3), damage(4), damage(5, 'power-on:2')];
const fewest = [damage(2, 'power-on', 'seed=2 '), damage(5, 'power-on:2', 'seed=5 ')];
const wordsFor = (plan: readonly string[]) => [
  'drill',
  'paper',
  ...plan.flatMap((text) => ['--fault', text]),
];
const same = ['--seed', 'x', '--scenarios', 'scenarios/a.ts', '--json'];

interface Report {
  scenarios: { name: string; outcome: string; faults: { what: string; proof: string }[] }[];
  outside: { notes: { text: string; level: string }[] };
  shrink: { fewest: string[]; end: string; lastRun: string; command: string; candidates: object[] }[];
}

async function run(place: Place, words: readonly string[], env?: NodeJS.ProcessEnv) {
  const { exitCode, stdout, stderr } = await place.assay(words, env);
  return { exitCode, stderr, report: JSON.parse(stdout) as Report };
}

t.test('a drill that fails is shrunk, and the printed plan does the very same damage', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const { exitCode, report, stderr } = await run(place, [...wordsFor(faults), ...same, '--shrink']);
  t.equal(exitCode, 1, stderr);
  const [shrunk] = report.shrink;
  t.match(shrunk, { fewest, end: 'minimal', lastRun: 'fails' });
  t.match(JSON.stringify(shrunk?.candidates), /unresolved[^}]*DRILLS_MOMENT_NEVER_CAME/);
  t.match(shrunk?.command, /^assay drill paper .*seed=5 .* --seed x --scenarios scenarios\/a\.ts$/);
  t.match(stderr, /candidate 1 of at most 30/);
  t.match(await place.readRun('shrink.json'), { version: 1, shrunk: [{ fewest }] });
  const page = await readFile(join(place.folder, '.assay/runs/latest/report.html'), 'utf8');
  t.match(page, /<pre class="result">paper--\S+ fails by 2 of its 5 faults/);

  const again = await run(place, [...wordsFor(fewest), ...same]);
  t.equal(again.exitCode, 1);
  const [whole] = report.scenarios;
  t.equal(whole?.faults.length, 5);
  t.same(
    again.report.scenarios[0]?.faults.map(({ proof }) => proof),
    [whole?.faults[1]?.proof, whole?.faults[4]?.proof],
  );
});

t.test('the same by rerun; what comes no more is said; what cannot be shrunk is not run', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  await place.assay([...wordsFor(faults), ...same, '--out', 'first']);
  const { exitCode, report } = await run(place, ['rerun', './first', '--shrink', '--json']);
  t.equal(exitCode, 1);
  t.match(report.shrink, [{ fewest, end: 'minimal' }]);
  const shown = await place.assay(['rerun', './first', '--shrink', '--plain']);
  t.match(shown.stdout, /fails by 2 of its 5 faults[\s\S]*again: assay drill paper/);
  t.equal(shown.stdout.split('again: assay drill paper').length, 3, 'while it goes on, and in the summary');

  const healed = await run(place, ['rerun', './first', '--shrink', '--json'], { HEALED: 'yes' });
  t.equal(healed.exitCode, 0);
  t.same(healed.report.shrink, []);
  t.match(healed.report.outside.notes.at(-1), {
    level: 'result',
    text: /has not failed again.*may be flaky/,
  });
  t.equal(healed.report.scenarios.length, 1);

  const over = await run(place, ['rerun', './first', '--shrink', '--json', '--budget', '1ms']);
  t.equal(over.report.scenarios.length, 1, 'no candidate is begun when the time is over');

  const one = await place.assay([...wordsFor([damage(7)]), ...same, '--out', 'one', '--shrink']);
  t.equal(one.exitCode, 1);
  t.match(one.stdout, 'fails by its one fault');
  await place.assay(['run', 'plain', '--out', 'plain']);
  for (const [folder, why] of [
    ['./one', 'has one fault'],
    ['./plain', 'is no drill'],
  ] as const) {
    const nothing = await place.assay(['rerun', folder, '--shrink']);
    t.match(nothing, { exitCode: 0, stdout: '', stderr: `nothing to shrink` });
    t.match(nothing.stderr, why);
  }
});

t.test('Ctrl-C keeps the smallest so far', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const started = place.start([...wordsFor(faults), ...same, '--shrink'], { SLOW: '500' });
  await started.shows('candidate 3');
  started.child.kill('SIGINT');
  const { exitCode } = await started.ended;
  t.equal(exitCode, 130);
  t.match(await place.readRun('shrink.json'), { shrunk: [{ end: 'interrupted', fewest: Array }] });
});

t.test('an end is told again, and what does not belong together is refused', async (t) => {
  await using place = await makePlace({ 'a.ts': scenarios });
  const ends = ['--ends', 'refused:/no licence/'];
  const { exitCode, report } = await run(place, [
    ...wordsFor([damage(3)]),
    ...same,
    ...ends,
    '--out',
    'first',
  ]);
  t.equal(exitCode, 1, 'it is well instead');
  const again = JSON.stringify((await run(place, ['rerun', './first', '--json'])).report);
  for (const said of [JSON.stringify(report), again]) {
    t.match(said, 'DRILLS_WELL_INSTEAD');
    t.match(said, "--ends 'refused:/no licence/'");
    t.match(said, '"ends":"refused:/no licence/"');
  }
  t.match(again, '"reproduced":true');

  const refusals: [words: string[], says: RegExp][] = [
    [['drill', 'paper', '--last-failed'], /--last-failed with drill[\s\S]*assay rerun latest/],
    [['drill', 'paper', '--failed-in', './first'], /assay rerun \.\/first/],
    [['drill', '--matrix', '--shrink'], /--shrink with --matrix/],
    [['drill', '--matrix', '--ends', 'refused:/x/'], /--ends with --matrix/],
    [[...wordsFor([damage(3)]), '--any-failure'], /--any-failure without --shrink/],
    [[...wordsFor([damage(3)]), '--ends', 'refused'], /DRILLS_PLAN_INVALID/],
    [[...wordsFor([damage(3, 'power-on', 'seed=0 ')])], /DRILLS_PLAN_INVALID/],
    [['rerun', './first', '--budget', '1min'], /--budget without --shrink/],
  ];
  for (const [words, says] of refusals)
    t.match(await place.assay(words), { exitCode: 2, stderr: says }, words.join(' '));
});
