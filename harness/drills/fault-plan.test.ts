import t from 'tap';
import { faultCatalogue } from './catalogue/index.ts';
import { findFault, injectionSeed, parsePlannedFault, partOfPlan, plannedFaultText } from './fault-plan.ts';

t.test('a planned fault is read from a sentence', async (t) => {
  const planned = parsePlannedFault(
    'file-damaged disk=data partition=2 path=/etc/motd atMostBytes=10 at power-on:3',
  );
  t.match(planned, {
    declaration: { name: 'file-damaged' },
    parameters: { partition: 2, path: '/etc/motd', atMostBytes: 10, how: 'random' },
    disk: 'data',
    moment: { kind: 'power-on', number: 3 },
  });
  t.equal(planned.machine, undefined);
  t.equal(parsePlannedFault('power-cut machine=beta at time:3s').machine, 'beta');
});

t.test('the moment may hold blanks, and the word at', async (t) => {
  const { moment } = parsePlannedFault('reset at console:/starts at 3 s/');
  t.strictSame(moment, { kind: 'console', pattern: /starts at 3 s/ });
});

t.test('without a moment, what needs the machine off comes before the second power-on', async (t) => {
  t.strictSame(parsePlannedFault('boot-record-damaged').moment, { kind: 'power-on', number: 2 });
  t.throws(() => parsePlannedFault('power-cut'), {
    code: 'DRILLS_PLAN_INVALID',
    message: /machine that is on/,
  });
});

t.test('its text leaves defaults out and is read as the same', async (t) => {
  const text = 'sectors-damaged disk=system count=3 how=flip at power-on:2';
  t.equal(plannedFaultText(parsePlannedFault(text)), text);
  t.equal(plannedFaultText(parsePlannedFault('sectors-damaged count=64')), 'sectors-damaged at power-on:2');
});

t.test('in a part of a plan each fault keeps the seed that it has in the whole', async (t) => {
  const seedsOf = (plan: ReturnType<typeof parsePlannedFault>[]) =>
    plan.map((planned, index) => injectionSeed('x', planned, index));
  const whole = ['bits-flipped', 'bits-flipped seed=7', 'bits-flipped count=3'].map(parsePlannedFault);
  t.same(seedsOf(whole), ['x-1', 'x-7', 'x-3']);
  const part = partOfPlan(whole, whole.slice(1));
  t.same(seedsOf(part), ['x-7', 'x-3']);
  t.same(part.map(plannedFaultText), [
    'bits-flipped seed=7 at power-on:2',
    'bits-flipped seed=3 count=3 at power-on:2',
  ]);
  t.same(part.map(plannedFaultText).map(parsePlannedFault), part, 'the text says so');
  const first = partOfPlan(whole, whole.slice(0, 1));
  t.same(first.map(plannedFaultText), ['bits-flipped at power-on:2'], 'at its own place it need not');
  t.same(seedsOf(partOfPlan(part, part.slice(1))), ['x-3'], 'also in a part of a part');
  for (const wrong of ['0', '-1', '1.5', 'x', 'true']) {
    t.throws(() => parsePlannedFault(`bits-flipped seed=${wrong}`), { code: 'DRILLS_PLAN_INVALID' }, wrong);
  }
});

t.test('every fault of the catalogue is one by its name alone', async (t) => {
  for (const { name, when } of faultCatalogue) {
    const text = `${name} at ${when === 'on' ? 'time:1s' : 'power-on'}`;
    t.equal(plannedFaultText(parsePlannedFault(text)), text);
  }
});

t.test('mistakes are named', async (t) => {
  t.throws(() => findFault('boot-record-damage'), {
    code: 'DRILLS_FAULT_UNKNOWN',
    message: /nearest is boot-record-damaged/,
  });
  t.throws(() => parsePlannedFault('bits-flipped count'), {
    code: 'DRILLS_PLAN_INVALID',
    message: /key=value/,
  });
  t.throws(() => parsePlannedFault('bits-flipped cuont=3'), {
    code: 'FOUNDATION_CONFIG_INVALID',
    message: /count/,
  });
  t.throws(() => parsePlannedFault('bits-flipped count=many'), { code: 'FOUNDATION_CONFIG_INVALID' });
  t.throws(() => parsePlannedFault('bits-flipped at console:/x/'), {
    code: 'DRILLS_WRONG_MOMENT',
    message: /machine is off/,
  });
  t.throws(() => parsePlannedFault('power-cut at power-on'), {
    code: 'DRILLS_WRONG_MOMENT',
    message: /is on/,
  });
});
