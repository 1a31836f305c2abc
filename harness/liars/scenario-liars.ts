import type { Liar } from './liar.ts';

/** Scenarios that fail by themselves: the harness is to blame. */
export const scenarioLiars: readonly Liar[] = [
  {
    name: 'scenario-has-a-mistake',
    lie: 'a scenario throws, as if a check had failed',
    blame: 'harness',
    on: 'stream',
    truth: { outcome: 'errored', codes: ['HARNESS_SCENARIO_THREW'], evidence: /TypeError/ },
    meet: async () => {
      throw new TypeError('the appliance is not ready');
    },
  },
  {
    name: 'scenario-waits-for-itself',
    lie: 'a scenario waits for what nobody will do, as if a machine hung',
    blame: 'harness',
    on: 'stream',
    timeoutMs: 200,
    truth: { outcome: 'errored', codes: ['HARNESS_SCENARIO_HUNG'], evidence: /wait for the machine/ },
    meet: (bench) => bench.step('wait for the machine', () => new Promise<never>(() => {})),
  },
];
