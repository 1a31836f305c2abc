import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { drilledScenario } from '../drills/drilled-scenario.ts';
import { parsePlannedFault } from '../drills/fault-plan.ts';
import { parseRightfulEnd } from '../drills/rightful-end.ts';
import { reproduceCommand } from '../reproduce-command.ts';
import type { Scenario } from '../scenario.ts';
import { planAgain } from './planned-again.ts';
import { readReproduceCommand } from './read-reproduce-command.ts';

const scenario: Scenario = {
  ...{ name: 'unit-starts', summary: 'it starts', tags: [], timeoutMs: 1000 },
  ...{ needs: { machines: 1, memoryMiB: 256, cpus: 1 }, body: () => undefined },
};
const loaded = [{ scenario, file: 'scenarios/units.ts' }];
const texts = [
  'boot-record-damaged disk=system at power-on:2',
  "power-cut lose=nothing at console:/it's there/",
];

function wordsOf(drilled: Scenario) {
  return readReproduceCommand(reproduceCommand(drilled, { seed: 'a', timeoutScale: 1 }));
}

t.test('a drill is planned again as it was: faults, moments, deadline', async (t) => {
  const drilled = drilledScenario(scenario, texts.map(parsePlannedFault), {
    ...{ wellWithinMs: 90_000, controller: 'nvme', layout: 'headless' },
  });
  const place = { nameThen: drilled.name, evidenceFolder: t.testdir() };
  const again = await planAgain(loaded, wordsOf(drilled), place);
  t.equal(again.loaded.scenario.name, drilled.name);
  t.same(again.loaded.scenario.command, drilled.command);
  t.equal(again.loaded.scenario.timeoutMs, drilled.timeoutMs);
  t.match(again.loaded.scenario.drill, { controller: 'nvme', layout: 'headless' });
  t.same(again.differences, []);
});

t.test('its rightful end, and the seeds of its faults, are those of then', async (t) => {
  const ends = parseRightfulEnd('refused:/no licence/');
  const plan = ['boot-record-damaged seed=3', 'bits-flipped seed=5'].map(parsePlannedFault);
  const drilled = drilledScenario(scenario, plan, { ends });
  const place = { nameThen: drilled.name, evidenceFolder: t.testdir() };
  const again = await planAgain(loaded, wordsOf(drilled), place);
  t.equal(again.loaded.scenario.name, drilled.name);
  t.not(drilled.name, drilledScenario(scenario, plan).name, 'another end is another drill');
  t.match(again.drill, {
    scenario: { name: 'unit-starts' },
    plan: [{ seed: 3 }, { seed: 5 }],
    options: { ends },
  });
});

t.test('parameters are those of the kept plan, also where the default is another one now', async (t) => {
  const drilled = drilledScenario(scenario, [parsePlannedFault(texts[0]!)]);
  const place = { nameThen: drilled.name, evidenceFolder: t.testdir() };
  const { parameters } = parsePlannedFault(texts[0]!);
  const keep = (kept: object) =>
    writeFile(
      join(place.evidenceFolder, 'plan.json'),
      JSON.stringify({ version: 1, faults: [{ fault: 'boot-record-damaged', parameters: kept }] }),
    );
  const [other] = Object.entries(parameters).flatMap(([key, value]) =>
    typeof value === 'string' ? otherValues(key) : [],
  );
  t.ok(other, 'the fault has a parameter to be changed');
  await keep({ ...parameters, ...other });
  const again = await planAgain(loaded, wordsOf(drilled), place);
  const [key, value] = Object.entries(other!)[0]!;
  t.match(again.loaded.scenario.summary, `${key}=${value}`);
  t.same(again.differences, []);
  await keep({ gone: 1 });
  t.match((await planAgain(loaded, wordsOf(drilled), place)).differences, [
    /boot-record-damaged has other parameters/,
  ]);
});

/** Values of a parameter that are not its default. */
function otherValues(key: string): Record<string, string>[] {
  const { declaration } = parsePlannedFault(texts[0]!);
  const candidates = ['zeros', 'zero', 'noise', 'ones', 'flip', 'random'].map((value) => ({ [key]: value }));
  const fallback = declaration.parameters.parse({}) as Record<string, unknown>;
  return candidates.filter(
    (candidate) => declaration.parameters.safeParse(candidate).success && candidate[key] !== fallback[key],
  );
}

t.test('a scenario that is gone is said', async (t) => {
  const words = readReproduceCommand('assay run it-was --seed 1');
  const place = { nameThen: 'it-was', evidenceFolder: t.testdir() };
  await t.rejects(planAgain(loaded, words, place), { code: 'HARNESS_NAME_UNKNOWN' });
});
