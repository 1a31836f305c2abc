import t from 'tap';
import type { LoadedScenario } from '../../load-scenarios.ts';
import { planCampaign } from './plan-campaign.ts';
import { parseMatrix } from './read-matrix.ts';

const loaded: LoadedScenario[] = ['field', 'life-one', 'life-two'].map((name) => ({
  scenario: {
    ...{ name, summary: 's', tags: [], timeoutMs: 1000, needs: { machines: 1, memoryMiB: 1, cpus: 1 } },
    body: () => undefined,
  },
  file: 'scenarios/x.ts',
}));

function plan(text: string, seed = 'seven') {
  return planCampaign(parseMatrix(text, 'm.yaml', 0), loaded, { seed });
}

function namesOf({ drills }: ReturnType<typeof plan>): string[] {
  return drills.map(({ scenario }) => scenario.name);
}

const text = `
drills:
  - scenarios: [field, 'life-*']
    moments: [power-on:2, 'time:3s', 'step:/starts/']
    faults: [bits-flipped, power-cut, disk-slow]
`;

t.test('every fault at every moment in every scenario, but for what cannot be', async (t) => {
  const { drills, facts } = plan(text);
  // bits-flipped needs the machine off, power-cut on; a step may be either.
  t.equal(drills.length, 3 * (2 + 2 + 3));
  t.match(facts, { matrix: 'm.yaml', drills: 21, leftOut: 3 * 2 });
  const texts = drills.flatMap(({ scenario }) =>
    scenario.drill!.faults.map((one) => `${one.text} at ${one.moment}`),
  );
  t.notOk(texts.includes('bits-flipped at time:3s'));
  t.notOk(texts.includes('power-cut at power-on:2'));
  t.ok(texts.includes('disk-slow at power-on:2'));
  t.equal(new Set(namesOf({ drills, facts })).size, 21);
  t.match(drills[0], { file: 'scenarios/x.ts', scenario: { tags: ['drill'] } });
});

t.test('the seed draws the order, and only it', async (t) => {
  const once = plan(text);
  t.strictSame(namesOf(plan(text)), namesOf(once));
  t.equal(plan(text).facts.planDigest, once.facts.planDigest);
  const turned = text.replace('bits-flipped, power-cut, disk-slow', 'disk-slow, power-cut, bits-flipped');
  t.strictSame(namesOf(plan(turned)), namesOf(once), 'not the order of the file');
  const other = plan(text, 'eight');
  t.notSame(namesOf(other), namesOf(once));
  t.strictSame(namesOf(other).sort(), namesOf(once).sort());
  t.not(other.facts.planDigest, once.facts.planDigest);
  const shorter = plan(text.replace(', disk-slow', ''));
  t.not(shorter.facts.planDigest, once.facts.planDigest, 'another matrix is another plan');
});

t.test('what is named twice is one drill, and a plan may have several faults', async (t) => {
  const twice = `
drills:
  - { scenarios: [field], moments: [power-on:2, power-on:2], faults: [bits-flipped, bits-flipped count=8] }
  - { scenarios: [field], plans: [[bits-flipped at power-on:2], [bits-flipped, 'power-cut at time:3s']] }
`;
  const { drills } = plan(twice);
  t.equal(drills.length, 2);
  const both = drills.find(({ scenario }) => scenario.drill!.faults.length === 2);
  t.match(both?.scenario.drill, {
    scenario: 'field',
    faults: [
      { fault: 'bits-flipped', text: 'bits-flipped', moment: 'power-on:2' },
      { fault: 'power-cut', text: 'power-cut', moment: 'time:3s' },
    ],
  });
});

t.test("a rightful end is the drill's own, in its name and its command", async (t) => {
  const { drills } = plan(`
drills:
  - { scenarios: [field], moments: [power-on], faults: [bits-flipped, { fault: bits-flipped, ends: 'refused:/no/' }] }
`);
  t.equal(new Set(namesOf({ drills, facts: plan(text).facts })).size, 2);
  const refused = drills.find(({ scenario }) => scenario.drill!.ends !== undefined);
  t.match(refused?.scenario, { drill: { ends: 'refused:/no/' }, command: Array });
  t.same(refused?.scenario.command?.slice(-2), ['--ends', 'refused:/no/']);
});

t.test('a quarantine is known to its drills, and has to have some', async (t) => {
  const entry = (drill: string) =>
    `${text}quarantine:\n  - { drill: '${drill}', owner: smith, reason: ticket 7, expires: 2026-12-31 }\n`;
  const { drills } = plan(entry('field--power-cut-*'));
  const kept = drills.filter(({ scenario }) => scenario.drill!.quarantine !== undefined);
  t.equal(kept.length, 2);
  t.match(kept[0]?.scenario, {
    name: /^field--power-cut/,
    drill: { quarantine: { owner: 'smith', reason: 'ticket 7', expires: '2026-12-31' } },
  });
  t.throws(() => plan(entry('field--power-cuts-*')), {
    code: 'DRILLS_MATRIX_INVALID',
    message: /field--power-cuts-\*.*none of 21 drills/s,
  });
});

t.test('every controller and layout that a group names, as far as the fault can be there', async (t) => {
  const axes = 'controllers: [virtio, nvme]\n    layouts: [headless, headless-single-disk]\n    moments';
  const { drills, facts } = plan(text.replace('[field, ', '[').replace('moments', axes));
  // A power cut takes nothing back from disks on nvme that anybody could vouch for: 2 moments, 2 scenarios, 2 layouts.
  t.equal(drills.length, 4 * 2 * (2 + 2 + 3) - 8);
  t.equal(facts.leftOut, 4 * 2 * 2 + 8);
  t.equal(new Set(namesOf({ drills, facts })).size, drills.length);
  const ofCuts = drills.filter(({ scenario }) => scenario.drill!.faults[0]!.fault === 'power-cut');
  t.ok(ofCuts.every(({ scenario }) => scenario.drill!.controller === 'virtio'));
  const [one] = drills.filter(({ scenario }) => scenario.drill!.controller === 'nvme');
  t.match(
    one?.scenario.name,
    /^life-(one|two)--(bits-flipped|disk-slow)-nvme-headless(-single-disk)?-[0-9a-f]{8}$/,
  );
  t.match(one?.scenario.command?.slice(-4), ['--controller', 'nvme', '--layout', /^headless/]);
  const kept = plan(
    text
      .replace('disk-slow', 'power-cut lose=nothing')
      .replace('moments', 'controllers: [nvme]\n    moments'),
  );
  t.equal(kept.facts.leftOut, 3 * (1 + 3 + 1), 'one that loses nothing can be');
});

t.test('a matrix without drills, or with a scenario that is not here, is refused', async (t) => {
  const none = 'drills:\n  - { scenarios: [field], moments: [power-on], faults: [power-cut] }\n';
  t.throws(() => plan(none), { code: 'DRILLS_MATRIX_INVALID', message: /1 combinations, and none/ });
  t.throws(() => plan(text.replace('[field', '[filed')), { code: 'HARNESS_NAME_UNKNOWN', message: /filed/ });
});
