import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { Bench } from '../../bench.ts';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { PaperMachine } from './fixtures/paper-machine.ts';
import { CloneReadiness } from './recovery-readiness.ts';

/** Deadlines are a hundredth of what they are: the limit of 10 min is 6 s, less a twentieth; who is asked answers within 100 ms. */
function paperClone({ limitMs = 600_000, console = undefined as object | undefined } = {}) {
  const paper = new PaperMachine();
  const profile = diskProfileSchema.parse({
    format: 'assay disk profile 1',
    console,
    ready: [{ console: 'starting' }, { console: '/ready \\d+/' }],
  }) as ProofProfile;
  const bench = { timeoutScale: 0.01 } as Bench;
  const readiness = new CloneReadiness(paper.asMachine, profile, bench, limitMs);
  return { paper, becomesReady: (signal = new AbortController().signal) => readiness.becomesReady(signal) };
}

/** Whether it is over by now, though there was time. */
async function isOver(wait: Promise<void>): Promise<boolean> {
  return await Promise.race([wait.then(() => true), delay(600, false)]);
}

t.test('one that is off is switched on, and shows its signs anew', async (t) => {
  const { paper, becomesReady } = paperClone();
  await paper.powerOn();
  paper.says('starting\nready 1\n');
  paper.isOn = false;
  const wait = becomesReady();
  t.notOk(await isOver(wait));
  t.equal(paper.powerOns, 2);
  paper.says('starting\n');
  t.notOk(await isOver(wait));
  paper.says('rea');
  paper.says('dy 2\n');
  await wait;
});

t.test('one that is on has shown them, unless it has started anew', async (t) => {
  const { paper, becomesReady } = paperClone();
  await paper.powerOn();
  paper.says('starting\nready 1\n');
  await becomesReady();
  paper.reset();
  const wait = becomesReady();
  t.notOk(await isOver(wait));
  paper.says('starting\nready 2\n');
  await wait;
  t.equal(paper.powerOns, 1);
});

t.test(
  'where there is a console, it has to answer: a line once shown is shown by what hangs, too',
  async (t) => {
    const { paper, becomesReady } = paperClone({ console: {} });
    await paper.powerOn();
    paper.says('starting\nready 1\n');
    const wait = becomesReady();
    t.notOk(await isOver(wait));
    // Its watchdog bites.
    paper.onReturn = () => paper.says('login: ');
    paper.reset();
    t.notOk(await isOver(wait));
    paper.says('starting\nready 2\n');
    await wait;
  },
);

t.test('one that goes off, or is too late, is not ready', async (t) => {
  const off = paperClone();
  off.paper.onPowerOn = () => {
    off.paper.isOn = false;
  };
  await t.rejects(off.becomesReady(), {
    code: 'VALIDATION_NOT_READY',
    blame: 'product',
    facts: { got: /gone off[\s\S]*its last line/ },
  });
  const late = paperClone({ limitMs: 1_000 });
  await t.rejects(late.becomesReady(), {
    code: 'VALIDATION_NOT_READY',
    facts: { expected: 'the console shows "starting"', got: /not in time/ },
  });
});

t.test('a host that has kept it from being ready is to blame, and not the disk', async (t) => {
  const { paper, becomesReady } = paperClone({ limitMs: 1_000 });
  paper.excuse = new Error('no processor was left');
  await t.rejects(becomesReady(), paper.excuse);
});

t.test('who does not wait any more ends it', async (t) => {
  const { becomesReady } = paperClone();
  const over = new AbortController();
  const wait = becomesReady(over.signal);
  over.abort();
  await t.rejects(wait, { name: 'AbortError' });
});
