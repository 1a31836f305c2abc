import t from 'tap';
import { formatCrashState, parseCrashState } from './crash-state.ts';

t.test('a state in one line, there and back', async (t) => {
  for (const [state, text] of [
    [{ point: 0, dropped: [] }, '0'],
    [{ point: 120, dropped: [113, 115, 116, 117, 119] }, '120:lost=113,115-117,119'],
    [{ point: 120, dropped: [], tornSectors: 4 }, '120:torn=4'],
    [{ point: 7, dropped: [0, 1], tornSectors: 1 }, '7:lost=0-1:torn=1'],
  ] as const) {
    t.equal(formatCrashState(state), text);
    t.same(parseCrashState(text), state);
  }
});

t.test('what is no state is refused', async (t) => {
  for (const text of [
    '',
    '-1',
    '1:lost=',
    '1:lost=3,2',
    '1:lost=3-2',
    '1:lost=1,1',
    '1:torn=',
    '1:torn=x',
    '1 2',
    '1:lost=1--2',
  ])
    t.throws(() => parseCrashState(text), { code: 'EXPLORER_STATE_INVALID' }, text);
});
