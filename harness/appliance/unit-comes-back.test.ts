import t from 'tap';
import type { Fork } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { Appliance } from './appliance.ts';
import type { ReadyReport } from './ready-report.ts';
import { unitComesBack } from './unit-comes-back.ts';

const ready = { systemId: 'b8045702', licenceLevel: 'home' } as ReadyReport;
const another = { ...ready, systemId: 'another' };
const { licenceLevel: _licence, ...withoutLicence } = ready;

const bench = {
  check: (claim: string, got: unknown, expected: unknown) => {
    if (got !== expected) throw new Error(`${claim}: ${got}, not ${expected}`);
  },
} as unknown as Bench;

/** A unit that says the next of `reports` each time that it recovers; it has said `ready` before. */
function unitThatSays(reports: Partial<ReadyReport>[]) {
  const unit = {
    lastReady: ready,
    powerOn: async () => undefined,
    recovers: async () => {
      unit.lastReady = reports.shift() as ReadyReport;
      return unit.lastReady;
    },
  };
  return unit as unknown as Appliance;
}

t.test('what a state has made of it is no measure for the next one', async (t) => {
  const unit = unitThatSays([another, ready, another, withoutLicence]);
  const { comesBack } = unitComesBack(unit, { bench, layoutPath: '' });
  const boot = () => comesBack([], AbortSignal.timeout(60_000));
  await t.rejects(boot(), /who it was: another, not b8045702/);
  await t.resolves(boot());
  await t.rejects(boot(), /who it was/);
  await t.rejects(boot(), /licence/);
});

t.test('one of which nothing is known is measured by what it was first', async (t) => {
  const unit = unitThatSays([ready, another]);
  Object.assign(unit, { lastReady: undefined });
  const { comesBack } = unitComesBack(unit, { bench, layoutPath: '' });
  await t.resolves(comesBack([], AbortSignal.timeout(60_000)));
  await t.rejects(comesBack([], AbortSignal.timeout(60_000)), /who it was/);
});

t.test('a fork has to say the same as a full boot, its licence among it', async (t) => {
  const said = [ready, withoutLicence, another] as ReadyReport[];
  const { recovers } = Appliance.prototype;
  t.teardown(() => Object.assign(Appliance.prototype, { recovers }));
  Object.assign(Appliance.prototype, { recovers: async () => said.shift() });
  const { forks } = unitComesBack(unitThatSays([]), { bench, layoutPath: '' });
  const judge = () =>
    forks.comesBack({ machine: { name: 'alpha-fork-1' } } as Fork, [], AbortSignal.timeout(60_000));
  await t.resolves(judge());
  await t.rejects(judge(), /licence/);
  await t.rejects(judge(), /who it was/);
});
