import t, { type Test } from 'tap';
import { z } from 'zod';
import type { Machine, MachineCompanion } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { harnessErrors } from '../errors.ts';
import { declareFault } from './fault-declaration.ts';
import type { PlannedFault } from './fault-plan.ts';
import { parseMoment } from './moment.ts';
import { parseRightfulEnd, rightfulEndText } from './rightful-end.ts';
import { runDrill } from './run-drill.ts';

/** A machine that is nothing but its companions and a console. */
class PaperMachine {
  readonly name = 'alpha';
  readonly diskFiles = [{ name: 'system', path: '/nowhere' }];
  readonly #companions: MachineCompanion[] = [];
  readonly #listeners = new Set<(text: string) => void>();
  readonly console = {
    listen: (listener: (text: string) => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };
  powerOns = 0;
  isOn = false;

  accompany(companion: MachineCompanion): void {
    this.#companions.push(companion);
  }

  says(text: string): void {
    for (const listener of this.#listeners) listener(text);
  }

  async powerOn(): Promise<void> {
    this.powerOns += 1;
    for (const { beforePowerOn } of this.#companions) await beforePowerOn?.(this.powerOns);
    this.isOn = true;
    for (const { beforeFirstInstruction } of this.#companions) {
      await beforeFirstInstruction?.(this as never, this.powerOns);
    }
  }
}

const refusal = 'ASSAY REFUSED no licence\n';
const failed = () => harnessErrors.HARNESS_APPLIANCE_FAILED({ tried: 'wait for it' });

/** Deadlines are a hundredth of what they are: 5 s for the refusal are 50 ms, and the 20 s after it 200 ms. */
async function drill(
  t: Test,
  becomesWell: (machine: PaperMachine, asked: number) => Promise<void>,
  started: (machine: PaperMachine) => void | Promise<void> = () => {},
  moment = 'power-on',
): Promise<{ machine: PaperMachine; recovered: string[]; notes: string[] }> {
  const machine = new PaperMachine();
  const [recovered, notes]: string[][] = [[], []];
  const bench = {
    ...{ signal: new AbortController().signal, seed: 'seven', timeoutScale: 0.01 },
    ...{ workFolder: t.testdirName, evidenceFolder: t.testdir() },
    step: async (_sentence: string, action: () => unknown) => await action(),
    ...{ subject: () => undefined, fault: () => undefined, defer: () => undefined },
    ...{ measure: () => undefined, artifact: async () => undefined },
    note: (text: string) => notes!.push(text),
    recovered: (name: string) => recovered!.push(name),
  } as unknown as Bench;
  const planned: PlannedFault = {
    declaration: declareFault({
      ...{
        name: 'paper',
        layer: 'machine',
        summary: 's',
        proves: 'p',
        parameters: z.object({}),
        when: 'either',
      },
      inject: async () => ({ what: 'done', proof: () => 'seen' }),
    }),
    ...{ parameters: {}, moment: parseMoment(moment) },
  };
  let asked = 0;
  const body = async (drilled: Bench) => {
    drilled.subject({
      machine: machine as unknown as Machine,
      becomesWell: async () => {
        asked += 1;
        await becomesWell(machine, asked);
      },
    });
    await machine.powerOn();
    await started(machine);
  };
  await runDrill({ body }, [planned], bench, 5_000, parseRightfulEnd('refused:/ASSAY REFUSED .*/'));
  return { machine, recovered: recovered!, notes: notes! };
}

const never = () => new Promise<void>(() => {});

t.test('an end is read from its text, and written as it was', async (t) => {
  const text = 'refused:/the licence (is|was) gone/i';
  t.equal(rightfulEndText(parseRightfulEnd(text)), text);
  for (const wrong of ['', 'well', 'refused', 'refused:no slashes', 'refused:/(/', 'ended:/x/']) {
    t.throws(() => parseRightfulEnd(wrong), { code: 'DRILLS_PLAN_INVALID' }, wrong);
  }
});

t.test('a machine that has refused, stays on and is not well passes, and is no recovery', async (t) => {
  const { machine, recovered, notes } = await drill(t, never, (machine) => {
    machine.says('ASSAY REF');
    machine.says('USED no licence\nmore');
    throw failed();
  });
  t.equal(machine.powerOns, 1);
  t.same(recovered, []);
  t.ok(notes.includes('alpha has refused: ASSAY REFUSED no licence'), notes.join('\n'));
});

t.test('one that is off is switched on, and has to refuse anew; then it may go off', async (t) => {
  const start = async (machine: PaperMachine) => {
    await machine.powerOn();
    machine.says(refusal);
    machine.isOn = false;
    throw failed();
  };
  const { machine } = await drill(t, start, (machine) => {
    machine.says(refusal);
    machine.isOn = false;
  });
  t.equal(machine.powerOns, 2);
  const silent = drill(
    t,
    async (machine) => {
      await machine.powerOn();
      await never();
    },
    (machine) => {
      machine.says(refusal);
      machine.isOn = false;
    },
  );
  await t.rejects(silent, { code: 'DRILLS_NOT_REFUSED', blame: 'product' });
});

t.test('what it has shown before the fault is no refusal', async (t) => {
  const hung = drill(
    t,
    never,
    (machine) => {
      machine.says(refusal);
      machine.says('later\n');
    },
    'console:/later/',
  );
  await t.rejects(hung, { code: 'DRILLS_NOT_REFUSED' });
  const refusing = drill(
    t,
    never,
    async (machine) => {
      machine.says('later\n');
      machine.says(refusal);
    },
    'console:/later/',
  );
  await t.resolves(refusing);
});

t.test('one that becomes well fails by a code of its own, also after a refusal', async (t) => {
  await t.rejects(
    drill(t, async () => {}),
    {
      code: 'DRILLS_WELL_INSTEAD',
      blame: 'product',
      message: /it is well/,
    },
  );
  const soon = drill(
    t,
    () => new Promise((over) => setTimeout(over, 60)),
    (machine) => machine.says(refusal),
  );
  await t.rejects(soon, { code: 'DRILLS_WELL_INSTEAD', message: /after it had shown: ASSAY REFUSED/ });
});

t.test(
  'one that says nothing, and is not well, fails; a false claim and a harness error are what they are',
  async (t) => {
    await t.rejects(drill(t, never), { code: 'DRILLS_NOT_REFUSED' });
    const throwing = (error: Error) =>
      drill(
        t,
        async () => {
          throw error;
        },
        (machine) => machine.says(refusal),
      );
    await t.rejects(throwing(harnessErrors.HARNESS_READY_UNTRUE({ tried: 'believe it' })), {
      code: 'HARNESS_READY_UNTRUE',
    });
    await t.rejects(throwing(new TypeError('no function')), { message: 'no function' });
  },
);

t.test('a fault whose moment never came is an error also where the machine has refused', async (t) => {
  const late = drill(t, never, (machine) => machine.says(refusal), 'power-on:2');
  await t.rejects(late, { code: 'DRILLS_MOMENT_NEVER_CAME' });
});
