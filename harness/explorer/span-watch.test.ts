import t from 'tap';
import type { Machine, MachineCompanion } from '../../vm/index.ts';
import { parseMoment } from '../drills/moment.ts';
import { describeSpan, type Span } from './span.ts';
import { SpanWatch } from './span-watch.ts';

/** A watch of a span, with what it says written down; the machine is on where `isOn` says so. */
function watched(span: Span) {
  const said: string[] = [];
  const machine = { isOn: false };
  const watch = new SpanWatch(span, {
    isOn: () => machine.isOn,
    begin: () => said.push('begin'),
    end: () => said.push('end'),
  });
  const signal = new AbortController().signal;
  const companions = watch.companions({ machine: machine as Machine, signal, scratchFolder: '/nowhere' });
  const powerOn = async (number: number) => {
    for (const { beforePowerOn } of companions as MachineCompanion[]) await beforePowerOn?.(number);
    machine.isOn = true;
  };
  return { watch, said, machine, powerOn };
}

t.test('without a span every power-on is in it', async (t) => {
  const { watch, powerOn } = watched({});
  t.ok(watch.isOpen);
  await powerOn(1);
  watch.cycleEnded(1);
  t.ok(watch.isOpen);
  t.equal(describeSpan({}), 'every power-on');
});

t.test('a step is a span, the first time that it comes', async (t) => {
  const { watch, said } = watched({ during: /writes/ });
  const step = (sentence: string) => watch.aroundStep(sentence, async () => said.push(sentence));
  await step('it starts');
  await step('it writes');
  await step('it writes again');
  t.same(said, ['it starts', 'begin', 'it writes', 'end', 'it writes again']);
  t.ok(watch.isOver);
  t.ok(!watch.isOpen);
});

t.test('a step that fails ends its span', async (t) => {
  const { watch, said } = watched({ during: /./ });
  await t.rejects(
    watch.aroundStep('it breaks', () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  t.same(said, ['begin', 'end']);
});

t.test('from a power-on, to its end or to a step', async (t) => {
  const one = watched({ from: parseMoment('power-on:2') });
  await one.powerOn(1);
  one.watch.cycleEnded(1);
  t.ok(!one.watch.isOpen);
  await one.powerOn(2);
  t.ok(one.watch.isOpen);
  one.watch.cycleEnded(2);
  t.ok(one.watch.isOver, 'one power-on');

  const other = watched({ from: parseMoment('power-on'), to: parseMoment('step:/stops/') });
  await other.powerOn(1);
  other.watch.cycleEnded(1);
  t.ok(other.watch.isOpen, 'over several power-ons, since an end was named');
  await other.watch.aroundStep('it stops', async () => undefined);
  t.same(other.said, ['begin', 'end']);
});

t.test('a moment that comes twice counts once', async (t) => {
  const { watch, said, powerOn } = watched({
    from: parseMoment('step:/begins/'),
    to: parseMoment('step:/ends/'),
  });
  await powerOn(1);
  for (const sentence of ['it ends', 'it begins', 'it begins', 'it ends', 'it ends', 'it begins']) {
    await watch.aroundStep(sentence, async () => undefined);
  }
  t.same(said, ['begin', 'end']);
});

t.test('a span that begins while the machine is off is about its next power-on', async (t) => {
  const { watch, machine, powerOn } = watched({ from: parseMoment('step:/starts again/') });
  await powerOn(1);
  machine.isOn = false;
  await watch.aroundStep('it starts again', async () => {
    watch.cycleEnded(1);
    t.ok(watch.isOpen, 'not that of the one before');
    await powerOn(2);
  });
  watch.cycleEnded(2);
  t.ok(watch.isOver);
});
