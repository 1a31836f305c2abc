import t from 'tap';
import { tallyOf } from './repeat-scenario.ts';

t.test(
  'a sound product that fails is a false verdict, a host that had nothing to give is none',
  async (t) => {
    const stalled = { code: 'VM_MACHINE_STALLED', message: 'it was ready to run and got no processor' };
    const silent = { code: 'VM_CONSOLE_SILENT', message: 'the guest hangs' };
    const attempts = [
      { scenarioId: 'recovers.1', outcome: 'passed' as const },
      { scenarioId: 'recovers.2', outcome: 'errored' as const, error: stalled },
      { scenarioId: 'recovers.3', outcome: 'failed' as const, error: silent },
    ];
    t.match(tallyOf('recovers', attempts, '/run'), {
      ...{ runs: 3, trueVerdicts: 1, inconclusive: 1 },
      falseVerdicts: [{ falsehood: /failed \(VM_CONSOLE_SILENT\)/, folder: '/run/scenarios/recovers.3' }],
    });
  },
);
