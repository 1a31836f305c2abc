import t from 'tap';
import type { RecordedAction, Recording } from './recording-file.ts';
import { replayInAttempts } from './replay-attempts.ts';
import type { ReplayOptions, ReplayOutcome } from './running-replay.ts';

const equal = { consoleBytes: 5, consoleTotalBytes: 9 };
const button: RecordedAction = { instruction: 10_000, execute: 'system_powerdown' };
const reset: RecordedAction = { instruction: 20_000, execute: 'system_reset' };

function stands(instruction: number): ReplayOutcome {
  return {
    kind: 'diverged',
    what: 'the machine',
    got: 'it stands still',
    standsStill: true,
    ...equal,
    instruction,
  };
}

const exact: ReplayOutcome = { kind: 'exact', compared: ['console'], ...equal, instruction: 99_999 };
const different: ReplayOutcome = {
  kind: 'diverged',
  what: 'disk data',
  got: 'b',
  ...equal,
  instruction: 10_050,
};

/** Replays that come to these outcomes, one after the other: where the actions were in each, and what was said. */
async function replayed(
  outcomes: readonly ReplayOutcome[],
  { actions = [button], heldUntil, ...options }: Partial<Recording & ReplayOptions> = {},
) {
  const places: number[][] = [];
  const said: string[] = [];
  const recording = { actions, ...(heldUntil === undefined ? {} : { heldUntil }) } as Recording;
  const outcome = await replayInAttempts(
    recording,
    {
      scratchFolder: '/nowhere',
      ...options,
      onAgain: ({ instruction }, how) => said.push(`${instruction} ${how}`),
    },
    async (placed) => {
      places.push(placed.actions.map(({ instruction }) => instruction));
      const outcome = outcomes[places.length - 1];
      if (outcome === undefined) throw new Error('one replay more than expected');
      return outcome;
    },
  );
  return { outcome, places, said };
}

t.test('a replay that stands still at the button is exact with the button later, and says so', async (t) => {
  const { outcome, places, said } = await replayed([stands(10_000), exact]);
  const how = 'with the power button 300 instructions after where it was noted';
  t.same(places, [[10_000], [10_300]]);
  t.same(said, [`10000 ${how}`]);
  t.same(outcome, {
    ...exact,
    compared: ['console', how],
    postponed: [{ index: 0, execute: 'system_powerdown', notedInstruction: 10_000, laterInstructions: 300 }],
  });
});

t.test(
  'one that still stands there gets it later still, then it has diverged where it first did',
  async (t) => {
    const { outcome, places } = await replayed([stands(10_050), stands(10_300), stands(13_000)]);
    t.same(places, [[10_000], [10_300], [13_000]]);
    t.match(outcome, {
      kind: 'diverged',
      instruction: 10_050,
      got: /300 instructions .*10300; .*3000 instr.*13000/,
    });
  },
);

t.test('one that then becomes another run has diverged', async (t) => {
  const { outcome, places } = await replayed([stands(10_000), different]);
  t.same(places, [[10_000], [10_300]]);
  t.match(outcome, { kind: 'diverged', got: /with the power button 300 .* diverged in disk data/ });
});

t.test('one that waits for the button that was postponed gets it no later', async (t) => {
  const { outcome, places } = await replayed([stands(10_000), stands(10_120)]);
  t.same(places, [[10_000], [10_300]]);
  t.match(outcome, { kind: 'diverged', instruction: 10_000 });
});

t.test('a second standstill postpones the second action, and the first stays where it helped', async (t) => {
  const { outcome, places } = await replayed([stands(10_000), stands(20_000), exact], {
    actions: [button, reset],
  });
  t.same(places.at(-1), [10_300, 20_300]);
  t.match(outcome, { kind: 'exact', compared: ['console', /power button 300 .* and the reset button 300 /] });
});

t.test('what followed at the same instruction, or shortly behind, still follows', async (t) => {
  const cable = { instruction: 10_100, execute: 'set_link' };
  const actions = [
    { instruction: 10_000, execute: 'stop' },
    button,
    { ...reset, instruction: 10_000 },
    cable,
  ];
  const { places } = await replayed([stands(10_000), exact], { actions });
  t.same(places.at(-1), [10_000, 10_300, 10_300, 10_300]);
});

for (const { when, outcome, more } of [
  { when: 'is exact', outcome: exact },
  { when: 'differs', outcome: different },
  { when: 'stands still before the action', outcome: stands(9999) },
  { when: 'stands still far behind it', outcome: stands(15_000) },
  {
    when: 'stands still where it was only stopped',
    outcome: stands(10_000),
    more: { actions: [{ ...button, execute: 'stop' }] },
  },
  {
    when: 'stands still shortly behind its start',
    outcome: stands(10),
    more: { actions: [{ ...button, instruction: 0 }] },
  },
  { when: 'has a debugger', outcome: stands(10_000), more: { debuggerPort: 1 } },
  {
    when: 'is to end before the postponed action',
    outcome: stands(10_000),
    more: { untilInstruction: 10_200 },
  },
  {
    when: 'cannot go so far',
    outcome: stands(10_000),
    more: { heldUntil: { instruction: 10_300, because: '' } },
  },
]) {
  t.test(`one that ${when} is not begun anew`, async (t) => {
    const { outcome: got, places } = await replayed([outcome], more);
    t.equal(places.length, 1);
    t.equal(got, outcome);
  });
}
