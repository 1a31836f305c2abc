import t from 'tap';
import type { Appliance } from './appliance.ts';
import { becomesWell } from './becomes-well.ts';

const ready = { systemId: 'b8045702', licenceLevel: 'home' };
const serving = { ...ready, state: 'ready', system: 'primary' };

/** A unit that is on; each time that it is asked it says the next of `statuses`, the last one again and again. */
function unitThatSays(statuses: (Record<string, unknown> | Error)[], more: { page?: number } = {}) {
  let asked = 0;
  const status = async () => {
    const said = statuses[Math.min(asked, statuses.length - 1)]!;
    asked += 1;
    if (said instanceof Error) throw said;
    return said;
  };
  return {
    name: 'alpha',
    machine: { isOn: true },
    lastReady: ready,
    status,
    request: async () => ({ status: more.page ?? 200 }),
    sql: async () => [{ count: 1 }],
    powerOn: async () => t.fail('it is on already'),
  } as unknown as Appliance;
}

const isSame = (claim: string, got: unknown, expected: unknown) => {
  if (got !== expected) throw new Error(`${claim}: ${got}, not ${expected}`);
};
const soon = () => AbortSignal.timeout(1_500);

t.test('it is well when page, status and data base say so, whoever was silent before', async (t) => {
  const unit = unitThatSays([new Error('nobody answers'), { ...serving, state: 'starting' }, serving]);
  await t.resolves(becomesWell(unit, isSame, AbortSignal.timeout(60_000)));
});

t.test('one that has lost its licence, or is another one, is not well', async (t) => {
  const withoutLicence = { ...serving, licenceLevel: undefined };
  await t.rejects(becomesWell(unitThatSays([withoutLicence]), isSame, soon()), { message: /licence/ });
  const another = { ...serving, systemId: 'another' };
  await t.rejects(becomesWell(unitThatSays([another]), isSame, soon()), { message: /who it was/ });
});

t.test('a page that is broken is waited for, until the time is over', async (t) => {
  await t.rejects(becomesWell(unitThatSays([serving], { page: 500 }), isSame, soon()), {
    name: /AbortError|TimeoutError/,
  });
});

t.test('the emergency system is not what it has to come back with', async (t) => {
  const unit = unitThatSays([{ ...serving, system: 'emergency' }]);
  await t.rejects(becomesWell(unit, isSame, soon()), { name: /AbortError|TimeoutError/ });
});
