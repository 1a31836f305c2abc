import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Outcome, Run, ScenarioRun } from '../../reports/index.ts';
import { drilledScenario } from '../drills/drilled-scenario.ts';
import { parsePlannedFault } from '../drills/fault-plan.ts';
import { parseRightfulEnd } from '../drills/rightful-end.ts';
import type { FurtherAttempts } from '../further-attempts.ts';
import type { Scenario } from '../scenario.ts';
import type { ShrinkOptions } from './shrink-drill.ts';
import { shrinkDrills } from './shrink-drills.ts';

const scenario: Scenario = {
  ...{ name: 'field', summary: 'it works', tags: [], timeoutMs: 1000 },
  ...{ needs: { machines: 1, memoryMiB: 1, cpus: 1 }, body: () => undefined },
};

/** Five faults, told apart by their sectors: a to e. */
const letters = ['a', 'b', 'c', 'd', 'e'] as const;
const texts = letters.map((_, index) => `sectors-damaged first=${index + 1} at power-on:2`);
const plan = texts.map(parsePlannedFault);

type Ending = { outcome: Outcome; code?: string };
const passes: Ending = { outcome: 'passed' };
const notWell: Ending = { outcome: 'failed', code: 'DRILLS_NOT_WELL' };
const neverCame: Ending = { outcome: 'errored', code: 'DRILLS_MOMENT_NEVER_CAME' };

interface Told {
  tried: string[];
  results: string[];
  notes: string[];
}

/** A run in which the whole has ended so; `judge` is asked for each attempt by the letters of its faults. */
function fakeRun(t: Test, whole: Ending, judge: (faults: string, earlier: string[]) => Ending) {
  const aborter = new AbortController();
  const told: Told = { tried: [], results: [], notes: [] };
  const scenarios: ScenarioRun[] = [];
  const record = (name: string, scenarioId: string, { outcome, code }: Ending) => {
    const attempt = { name, scenarioId, outcome, ...(code && { error: { code } }) } as unknown as ScenarioRun;
    scenarios.push(attempt);
    return attempt;
  };
  const drill = drilledScenario(scenario, plan);
  record(drill.name, drill.name, whole);
  const more: FurtherAttempts = {
    ...{
      seed: 'seven',
      timeoutScale: 2,
      signal: aborter.signal,
      runFolder: t.testdir(),
      scenarioPaths: ['s'],
    },
    run: { scenarios } as unknown as Run,
    note: (text, level) => void (level === 'result' ? told.results : told.notes).push(text),
    attempt: async ({ scenario }, id) => {
      t.notOk(
        scenarios.some(({ scenarioId }) => scenarioId === id),
        `${id} is new`,
      );
      const faults = (scenario.drill?.faults ?? []).map(({ text }) => letterOf(text)).join('');
      const ending = judge(faults, told.tried);
      told.tried.push(faults);
      return record(scenario.name, id, ending);
    },
  };
  return { more, told, abort: () => aborter.abort() };
}

function letterOf(text: string): string {
  return letters[Number(/first=(\d)/.exec(text)![1]) - 1]!;
}

const once: ShrinkOptions = { repeat: 1, anyFailure: false };
const drills = [{ scenario, file: 'f.ts', plan, options: {} }];

const needs = (matter: string) => (faults: string) =>
  [...matter].every((letter) => faults.includes(letter)) ? notWell : passes;

t.test('two of five faults matter: the plan, its command, and their seeds stay', async (t) => {
  const { more, told } = fakeRun(t, notWell, needs('bd'));
  const [shrunk] = await shrinkDrills(drills, once, more);
  t.match(shrunk, {
    ...{ code: 'DRILLS_NOT_WELL', end: 'minimal', lastRun: 'fails', runs: told.tried.length },
    faults: texts,
    fewest: ['sectors-damaged seed=2 first=2 at power-on:2', 'sectors-damaged seed=4 first=4 at power-on:2'],
  });
  t.equal(
    shrunk?.command,
    "assay drill field --fault 'sectors-damaged seed=2 first=2 at power-on:2' --fault 'sectors-damaged seed=4 first=4 at power-on:2' --seed seven --timeout-scale 2 --scenarios s",
  );
  t.equal(told.tried.at(-1), 'bd', 'the smallest is tried once more');
  t.notOk(told.tried.includes(''), 'what only a drill says needs a fault');
  t.match(told.notes[0], /candidate 1 of at most 30, under sectors-damaged first=1 at power-on:2 and /);
  t.match(told.results, [/fails by 2 of its 5 faults \(DRILLS_NOT_WELL\)[\s\S]*\nagain: assay drill field/]);
  const kept = JSON.parse(await readFile(join(more.runFolder, 'shrink.json'), 'utf8'));
  t.match(kept, { version: 1, seed: 'seven', shrunk: [{ fewest: shrunk?.fewest, candidates: Array }] });
});

t.test('of one fault at its own place the text is plain', async (t) => {
  const { more } = fakeRun(t, notWell, needs('a'));
  const [shrunk] = await shrinkDrills(drills, once, more);
  t.strictSame(shrunk?.fewest, [texts[0]]);
});

t.test('errors, skips and other failures are not resolved, and named', async (t) => {
  const judge = (faults: string): Ending => {
    if (faults.includes('e') && !faults.includes('c')) return neverCame;
    if (faults === 'ce') return { outcome: 'failed', code: 'VM_CONSOLE_TIMEOUT' };
    return needs('ace')(faults);
  };
  const { more, told } = fakeRun(t, notWell, judge);
  const [shrunk] = await shrinkDrills(drills, once, more);
  t.same(shrunk?.fewest.map(letterOf), ['a', 'c', 'e']);
  const unresolved = shrunk?.candidates.filter(({ verdict }) => verdict === 'unresolved') ?? [];
  t.ok(unresolved.some(({ attempts }) => attempts[0]?.code === 'DRILLS_MOMENT_NEVER_CAME'));
  t.match(told.results[0], /not resolved, and taken for no failure: \d+ candidates/);
  t.match(told.results[0], /first=5 at power-on:2: failed, VM_CONSOLE_TIMEOUT/);

  const any = fakeRun(t, notWell, judge);
  const [other] = await shrinkDrills(drills, { ...once, anyFailure: true }, any.more);
  t.same(other?.fewest.map(letterOf), ['c', 'e'], 'with any failure of the product that counts, too');
  t.equal(any.told.tried[0], '', 'and that of the scenario itself');
});

t.test('a last run without a verdict is not called flaky', async (t) => {
  const judge = (faults: string, earlier: string[]): Ending =>
    faults === 'cd' && earlier.includes('cd')
      ? { outcome: 'errored', code: 'VM_MACHINE_STALLED' }
      : needs('cd')(faults);
  const { more, told } = fakeRun(t, notWell, judge);
  const [shrunk] = await shrinkDrills(drills, once, more);
  t.match(shrunk, { end: 'minimal', lastRun: 'unresolved' });
  t.match(told.results[0], /a last run came to no verdict/);
});

t.test('a failure that needs no fault at all is said to be one', async (t) => {
  const failed = { outcome: 'failed', code: 'HARNESS_CHECK_FAILED' } as const;
  const { more, told } = fakeRun(t, failed, () => failed);
  const [shrunk] = await shrinkDrills(drills, once, more);
  t.match(shrunk, { fewest: [], end: 'minimal', lastRun: 'fails' });
  t.match(shrunk?.command, /^assay run field --seed seven/);
  t.same(told.tried, ['', '']);
  t.match(told.results[0], 'fails without any of its 5 faults, too');
});

t.test('repeats: one failure of them is enough, and ends them', async (t) => {
  const judge = (faults: string, earlier: string[]) =>
    earlier.filter((other) => other === faults).length === 1 ? needs('cd')(faults) : passes;
  const rarely = fakeRun(t, notWell, judge);
  const [shrunk] = await shrinkDrills(drills, { ...once, repeat: 3 }, rarely.more);
  t.same(shrunk?.fewest.map(letterOf), ['c', 'd']);
  t.match(shrunk, { lastRun: 'passes' });
  t.match(rarely.told.results[0], /did NOT fail: the failure is flaky/);
  const ofFewest = shrunk?.candidates.find(
    ({ faults, verdict }) => faults.length === 2 && verdict === 'fails',
  );
  t.match(ofFewest?.attempts, [{ verdict: 'passes' }, { verdict: 'fails' }]);
  t.equal(ofFewest?.attempts.length, 2);
});

t.test(
  'what has not failed again is not shrunk, and said; what never failed is nothing to say of',
  async (t) => {
    const { more, told } = fakeRun(t, passes, needs('a'));
    t.same(await shrinkDrills([{ ...drills[0]!, code: 'DRILLS_NOT_WELL' }], once, more), []);
    t.match(told.results, [
      /has not failed again \(then failed, DRILLS_NOT_WELL; now passed\).*may be flaky/,
    ]);
    t.same(told.tried, []);
    const other = fakeRun(t, { outcome: 'failed', code: 'HARNESS_CHECK_FAILED' }, needs('a'));
    t.same(await shrinkDrills([{ ...drills[0]!, code: 'DRILLS_NOT_WELL' }], once, other.more), []);
    t.match(other.told.results, [/now failed, HARNESS_CHECK_FAILED/]);
    const fine = fakeRun(t, passes, needs('a'));
    t.same(await shrinkDrills(drills, once, fine.more), []);
    t.same(fine.told.results, []);
  },
);

t.test('one fault is the fewest, and an end of the whole plan is not that of a part', async (t) => {
  const one = drilledScenario(scenario, plan.slice(0, 1));
  const { more, told } = fakeRun(t, notWell, needs('a'));
  (more.run.scenarios as ScenarioRun[]).push({
    ...more.run.scenarios[0]!,
    name: one.name,
    scenarioId: one.name,
  });
  t.same(await shrinkDrills([{ ...drills[0]!, plan: plan.slice(0, 1) }], once, more), []);
  t.match(told.results, [/fails by its one fault/]);

  const options = { ends: parseRightfulEnd('refused:/no/') };
  const refusal = fakeRun(t, notWell, needs('a'));
  const { name } = drilledScenario(scenario, plan, options);
  const instead = {
    name,
    outcome: 'failed',
    error: { code: 'DRILLS_WELL_INSTEAD' },
  } as unknown as ScenarioRun;
  (refusal.more.run.scenarios as ScenarioRun[]).push(instead);
  t.same(await shrinkDrills([{ ...drills[0]!, options }], once, refusal.more), []);
  t.match(refusal.told.results, [/is not shrunk: its rightful end is that of the whole plan/]);
});

t.test('attempts of one drill are shrunk once, by each code that they failed by', async (t) => {
  const { more, told } = fakeRun(t, notWell, needs('bd'));
  const attempt = { ...drills[0]!, code: 'DRILLS_NOT_WELL' };
  t.equal((await shrinkDrills([attempt, { ...attempt }], once, more)).length, 1);
  t.equal(told.results.length, 1);
  const other = { ...attempt, code: 'HARNESS_CHECK_FAILED' };
  await shrinkDrills([other, attempt, other], once, more);
  t.match(told.results.slice(1), [/^.* has not failed again/, /^.* fails by 2 of its 5/], 'each once');
  t.equal(told.results.length, 3);
});

t.test('at the end of the time budget, and at an interruption, the smallest so far is kept', async (t) => {
  const late = fakeRun(t, notWell, needs('e'));
  const [none] = await shrinkDrills(drills, { ...once, deadlineMs: performance.now() }, late.more);
  t.match(none, { end: 'budget-over', fewest: texts, runs: 0 });
  t.match(late.told.results[0], /as far as it was shrunk.*needs all of its 5/);

  const soonMs = performance.now() + 200;
  const between = fakeRun(t, notWell, () => {
    while (performance.now() < soonMs);
    return passes;
  });
  const [first] = await shrinkDrills(drills, { ...once, repeat: 9, deadlineMs: soonMs }, between.more);
  t.equal(between.told.tried.length, 1, 'no run of a candidate is begun after it either');
  t.match(first, { end: 'budget-over', fewest: texts, candidates: [] });

  const cut = fakeRun(t, notWell, (faults, earlier) => {
    if (earlier.length === 2) cut.abort();
    return needs('de')(faults);
  });
  const [shrunk] = await shrinkDrills(drills, once, cut.more);
  t.match(shrunk, { end: 'interrupted', runs: 2 });
  t.same(shrunk?.fewest.map(letterOf), ['c', 'd', 'e']);
  t.notOk(shrunk && 'lastRun' in shrunk);
  t.match(cut.told.results[0], /interrupted, so fewer may do/);
});
