import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { z } from 'zod';
import type { Machine, MachineCompanion } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { harnessErrors } from '../errors.ts';
import { declareFault, type InjectedFault } from './fault-declaration.ts';
import type { PlannedFault } from './fault-plan.ts';
import { parseMoment } from './moment.ts';
import { runDrill } from './run-drill.ts';

/** A machine that is nothing but its companions: it is switched on and off, and a fault may take it away. */
class PaperMachine {
  readonly name = 'alpha';
  readonly #companions: MachineCompanion[] = [];
  #powerOns = 0;
  isOn = false;

  accompany(companion: MachineCompanion): void {
    this.#companions.push(companion);
  }

  get diskFiles() {
    return [{ name: 'system', path: '/nowhere' }];
  }

  async powerOn(): Promise<void> {
    this.#powerOns += 1;
    for (const { beforePowerOn } of this.#companions) await beforePowerOn?.(this.#powerOns);
    this.isOn = true;
    for (const { beforeFirstInstruction } of this.#companions) {
      await beforeFirstInstruction?.(this as never, this.#powerOns);
    }
  }
}

interface Recorded {
  faults: string[];
  recovered: string[];
  notes: string[];
  steps: string[];
}

/** A bench that only writes down what it is told. */
async function paperBench(t: Test): Promise<{ bench: Bench; recorded: Recorded; folder: string }> {
  const folder = await mkdtemp('/tmp/drill-');
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const recorded: Recorded = { faults: [], recovered: [], notes: [], steps: [] };
  const bench = {
    ...{ signal: new AbortController().signal, seed: 'seven', timeoutScale: 1 },
    ...{ workFolder: folder, evidenceFolder: folder },
    step: async (sentence: string, action: () => unknown) => {
      recorded.steps.push(sentence);
      return await action();
    },
    subject: () => undefined,
    fault: (what: string, proof: string, machine: string) =>
      recorded.faults.push(`${machine}: ${what} (${proof})`),
    defer: () => undefined,
    note: (text: string) => recorded.notes.push(text),
    measure: () => undefined,
    recovered: (machine: string) => recorded.recovered.push(machine),
    artifact: async () => undefined,
  } as unknown as Bench;
  return { bench, recorded, folder };
}

function planned(
  moment: string,
  inject: (machine: PaperMachine) => InjectedFault | Promise<InjectedFault>,
  when: 'off' | 'on' = 'off',
): PlannedFault {
  const declaration = declareFault({
    ...{ name: 'paper-fault', layer: 'machine', summary: 's', proves: 'p', parameters: z.object({}), when },
    inject: async ({ machine }) => inject(machine as unknown as PaperMachine),
  });
  return { declaration, parameters: {}, moment: parseMoment(moment) };
}

const harmless = (): InjectedFault => ({ what: 'done', proof: () => 'seen' });

const machineOff = () => harnessErrors.HARNESS_APPLIANCE_OFF({ tried: 'use it' });

/** A scenario about one machine that is switched on twice; `between` is what happens then. */
function body(machine: PaperMachine, wellness: string[], between: () => void | Promise<void> = () => {}) {
  return async (bench: Bench) => {
    bench.subject({
      machine: machine as unknown as Machine,
      becomesWell: async () => {
        wellness.push(machine.isOn ? 'on' : 'off');
        if (!machine.isOn) await machine.powerOn();
      },
    });
    await bench.step('it starts', () => machine.powerOn());
    await between();
    machine.isOn = false;
    await bench.step('it starts again', () => machine.powerOn());
  };
}

t.test(
  'a drill: the scenario runs, the fault happens at its moment and is reported, the machine is asked',
  async (t) => {
    const { bench, recorded, folder } = await paperBench(t);
    const [machine, wellness] = [new PaperMachine(), [] as string[]];
    const states: boolean[] = [];
    const plan = planned('power-on:2', () => {
      states.push(machine.isOn);
      return harmless();
    });
    await runDrill({ body: body(machine, wellness) }, [plan], bench, 1000);
    t.strictSame(states, [false], 'once, while it was off');
    t.strictSame(recorded.faults, ['alpha: done (seen)']);
    t.strictSame(wellness, ['on']);
    t.strictSame(recorded.recovered, ['alpha']);
    t.ok(
      recorded.steps.indexOf('fault: paper-fault at power-on:2') > recorded.steps.indexOf('it starts again'),
    );
    t.match(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')), {
      seed: 'seven',
      faults: [{ text: 'paper-fault at power-on:2', moment: 'power-on:2', seed: 'seven-1' }],
    });
  },
);

t.test('a moment that comes twice counts once', async (t) => {
  const { bench, recorded } = await paperBench(t);
  let count = 0;
  const plan = planned('step:/it starts/', () => {
    count += 1;
    return harmless();
  });
  await runDrill({ body: body(new PaperMachine(), []) }, [plan], bench, 1000);
  t.equal(count, 1);
  t.equal(recorded.faults.length, 1);
});

t.test('what a fault interrupts is no failure where the machine is well afterwards', async (t) => {
  const { bench, recorded } = await paperBench(t);
  const [machine, wellness] = [new PaperMachine(), [] as string[]];
  const cut = planned('step:/starts again/', (machine) => {
    machine.isOn = false;
    return harmless();
  });
  const interrupted = body(machine, wellness, () => undefined);
  const scenario = async (bench: Bench) => {
    await interrupted(bench);
    machine.isOn = false;
    throw machineOff();
  };
  await runDrill({ body: scenario }, [cut], bench, 1000);
  t.match(recorded.notes, [/interrupted the scenario: HARNESS_APPLIANCE_OFF/]);
  t.strictSame(wellness, ['off'], 'it was switched on again');
});

t.test('a fault may be noticed before its injection is over', async (t) => {
  const { bench } = await paperBench(t);
  const machine = new PaperMachine();
  const noticed = Promise.withResolvers<void>();
  const slow = planned('power-on', async (machine) => {
    machine.isOn = false;
    noticed.resolve();
    await new Promise((over) => setTimeout(over, 20));
    return harmless();
  });
  const scenario = async (bench: Bench) => {
    bench.subject({ machine: machine as unknown as Machine, becomesWell: async () => {} });
    void machine.powerOn();
    await noticed.promise;
    throw machineOff();
  };
  await runDrill({ body: scenario }, [slow], bench, 1000);
});

t.test('the same error without a fault before it is what it is', async (t) => {
  const { bench } = await paperBench(t);
  const scenario = body(new PaperMachine(), [], () => {
    throw machineOff();
  });
  await t.rejects(runDrill({ body: scenario }, [planned('power-on:2', harmless)], bench, 1000), {
    code: 'HARNESS_APPLIANCE_OFF',
  });
});

t.test('a claim of the scenario that does not hold fails the drill, fault or not', async (t) => {
  const { bench } = await paperBench(t);
  const scenario = body(new PaperMachine(), [], () => {
    throw harnessErrors.HARNESS_CHECK_FAILED({ tried: 'its data are there' });
  });
  await t.rejects(runDrill({ body: scenario }, [planned('power-on', harmless)], bench, 1000), {
    code: 'HARNESS_CHECK_FAILED',
  });
});

t.test('a moment that never comes is an error of the harness', async (t) => {
  const { bench, recorded } = await paperBench(t);
  const drilled = runDrill(
    { body: body(new PaperMachine(), []) },
    [planned('power-on:3', harmless)],
    bench,
    1000,
  );
  await t.rejects(drilled, { code: 'DRILLS_MOMENT_NEVER_CAME', blame: 'harness' });
  t.strictSame(recorded.faults, []);
});

t.test('a fault that nothing has met is an error of the harness', async (t) => {
  const { bench } = await paperBench(t);
  const unmet = planned('power-on', () => ({
    what: 'armed',
    proof: () => undefined,
    happened: new Promise(() => {}),
  }));
  await t.rejects(runDrill({ body: body(new PaperMachine(), []) }, [unmet], bench, 1000), {
    code: 'DRILLS_FAULT_WITHOUT_EFFECT',
    blame: 'harness',
  });
});

t.test('a fault that could not be injected is what counts, not what follows', async (t) => {
  const { bench } = await paperBench(t);
  const broken = planned('power-on', () => {
    throw new Error('no such tool');
  });
  await t.rejects(runDrill({ body: body(new PaperMachine(), []) }, [broken], bench, 1000), {
    message: /no such tool/,
  });
});

t.test('a fault for a machine that is on is refused while it is off', async (t) => {
  const { bench } = await paperBench(t);
  const machine = new PaperMachine();
  const wrong = planned('step:/^it starts$/', harmless, 'on');
  await t.rejects(runDrill({ body: body(machine, []) }, [wrong], bench, 1000), {
    code: 'DRILLS_WRONG_MOMENT',
    message: /it is off/,
  });
});

t.test('a machine that does not become well fails the drill', async (t) => {
  const { bench } = await paperBench(t);
  const never = async (bench: Bench) => {
    const machine = new PaperMachine();
    const becomesWell = () => new Promise<void>(() => {});
    bench.subject({ machine: machine as unknown as Machine, becomesWell });
    await machine.powerOn();
  };
  await t.rejects(runDrill({ body: never }, [planned('power-on', harmless)], bench, 50), {
    code: 'DRILLS_NOT_WELL',
    blame: 'product',
  });
  const goesOff = async (bench: Bench) => {
    const machine = new PaperMachine();
    const becomesWell = async () => {
      throw machineOff();
    };
    bench.subject({ machine: machine as unknown as Machine, becomesWell });
    await machine.powerOn();
  };
  await t.rejects(runDrill({ body: goesOff }, [planned('power-on', harmless)], bench, 1000), {
    code: 'DRILLS_NOT_WELL',
    blame: 'product',
  });
});

t.test('a second fault comes during the recovery from the first', async (t) => {
  const { bench, recorded } = await paperBench(t);
  const machine = new PaperMachine();
  const wellness: string[] = [];
  const first = planned('power-on', harmless);
  const second = planned('power-on:2', harmless);
  const scenario = async (bench: Bench) => {
    bench.subject({
      machine: machine as unknown as Machine,
      becomesWell: async () => {
        machine.isOn = false;
        await machine.powerOn();
        wellness.push('asked');
        if (wellness.length === 1) throw machineOff();
      },
    });
    await machine.powerOn();
  };
  await runDrill({ body: scenario }, [first, second], bench, 1000);
  t.equal(recorded.faults.length, 2);
  t.match(recorded.notes, [/further fault has interrupted the recovery/]);
  t.equal(wellness.length, 2, 'and once more, without faults');
});

t.test('a scenario without a subject cannot be drilled', async (t) => {
  const { bench } = await paperBench(t);
  await t.rejects(runDrill({ body: async () => {} }, [planned('power-on', harmless)], bench, 1000), {
    code: 'DRILLS_NO_SUBJECT',
    blame: 'usage',
  });
});
