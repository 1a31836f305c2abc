import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { scriptErrors } from '../../errors.ts';
import { fakeContext } from '../fixtures/fake-context.ts';
import { fakeCard, makeMachine, together } from '../fixtures/fake-machine.ts';
import { selfTestOutputs } from '../fixtures/self-test-outputs.ts';
import { testLoopbacks } from './network-card-loopback.ts';

const isOff = { flags: '0x1002' };
const noCarrier = 'network card eth0: no carrier: no cable, or nothing at its other end';

interface Programs {
  /** What `ethtool` prints for a card; as an error where it has none. */
  selfTest?(card: string): string;
  switchOn?(card: string): void;
  signal?: AbortSignal;
}

/** Tests eth0, eth1, … as they are described. */
async function testCards(t: Test, cards: Parameters<typeof fakeCard>[1][], programs: Programs = {}) {
  const names = cards.map((_, index) => `eth${index}`);
  const parts = cards.map((card, index) =>
    fakeCard(`0000:00:0${index}.0`, { name: names[index]!, driver: 'e1000e', ...card }),
  );
  const { sysFolder } = makeMachine(t.testdir({}), together(...parts));
  const context = fakeContext({
    ...(programs.signal && { signal: programs.signal }),
    runProgram: (name, words) => {
      if (name === 'sh') return (programs.selfTest ?? (() => selfTestOutputs.loopbackGood))(words.at(-1)!);
      if (words.at(-1) === 'up') programs.switchOn?.(words.at(-2)!);
      return '';
    },
  });
  const run = () => testLoopbacks(names, sysFolder, context, 300);
  const setCarrier = (card: string, carrier: string) =>
    writeFileSync(join(sysFolder, 'class/net', card, 'carrier'), carrier);
  return { context, run, setCarrier };
}

function failed(got: string): never {
  throw scriptErrors.SCRIPT_PROGRAM_FAILED({ tried: 'sh', got });
}

t.test('the loopback decides, and what else fails is only told', async (t) => {
  const { context, run } = await testCards(t, [{}]);
  t.same(await run(), [{ card: 'eth0', how: 'self-test', faults: [] }]);
  t.same(context.lines, [
    'network card eth0: self-test, loopback good',
    'network card eth0: its self-test fails elsewhere, which does not count: Register test (offline) 376, Interrupt test (offline) 4',
  ]);
});

t.test('a failed loopback is named as the driver names it', async (t) => {
  const { context, run } = await testCards(t, [{}], { selfTest: () => selfTestOutputs.loopbackFails });
  const faults = ['network card eth0: its self-test fails: Loopback test (offline) 13'];
  t.same(await run(), [{ card: 'eth0', how: 'self-test', faults }]);
  t.match(context.lines, [/loopback fails/, /Interrupt test \(offline\) 4, Link test \(on\/offline\) 1$/]);
});

t.test('without a self-test, or without ethtool, it is the carrier only, and said', async (t) => {
  const { context, run } = await testCards(t, [{}, {}], {
    selfTest: (card) =>
      failed(card === 'eth0' ? `exit code 74: ${selfTestOutputs.noSelfTest}` : 'exit code 127: not found'),
  });
  t.match(await run(), [
    { card: 'eth0', how: 'carrier only', faults: [] },
    { card: 'eth1', how: 'carrier only', faults: [] },
  ]);
  t.same(context.lines, [
    'network card eth0: carrier only, for its driver has no self-test',
    'network card eth1: carrier only, for there is no program ethtool',
  ]);
});

t.test('a card without carrier is faulty, and its loopback is tested all the same', async (t) => {
  const { run } = await testCards(t, [{ carrier: '0' }, {}]);
  t.same(await run(), [
    { card: 'eth0', how: 'self-test', faults: [noCarrier] },
    { card: 'eth1', how: 'self-test', faults: [] },
  ]);
});

t.test('a card that was off is on for its test, and off again', async (t) => {
  const { context, run, setCarrier } = await testCards(t, [{}, { ...isOff, carrier: '0' }], {
    switchOn: (card) => setCarrier(card, '1'),
  });
  t.match(await run(), [{ faults: [] }, { faults: [] }]);
  const withoutShell = context.programs.filter((program) => program.startsWith('ip'));
  t.same(withoutShell, ['ip link set eth1 up', 'ip link set eth1 down']);
  t.match(context.programs.at(-1), /down$/);
});

t.test('a card that cannot be switched on is faulty, and not tested', async (t) => {
  const { context, run } = await testCards(t, [isOff], {
    switchOn: () => failed('exit code 2: no firmware'),
  });
  const faults = ['network card eth0: cannot be switched on: exit code 2: no firmware'];
  t.same(await run(), [{ card: 'eth0', how: 'not at all', faults }]);
  t.same(context.programs, ['ip link set eth0 up', 'ip link set eth0 down']);
});

t.test('a card that was on has to be back on its network', async (t) => {
  const { run, setCarrier } = await testCards(t, [{}], {
    selfTest: (card) => {
      setCarrier(card, '0');
      return selfTestOutputs.loopbackGood;
    },
  });
  t.same(await run(), [{ card: 'eth0', how: 'self-test', faults: [`${noCarrier}, since its self-test`] }]);
});

t.test('it may take a moment', async (t) => {
  const { run, setCarrier } = await testCards(t, [{}], {
    selfTest: (card) => {
      setCarrier(card, '0');
      setTimeout(() => setCarrier(card, '1'), 20);
      return selfTestOutputs.loopbackGood;
    },
  });
  t.match(await run(), [{ faults: [] }]);
});

t.test('the end of the step ends the test', async (t) => {
  const controller = new AbortController();
  const { run } = await testCards(t, [{}, {}], {
    signal: controller.signal,
    selfTest: () => {
      controller.abort(new Error('time is over'));
      return failed('SIGTERM');
    },
  });
  await t.rejects(run(), { message: 'time is over' });
});
