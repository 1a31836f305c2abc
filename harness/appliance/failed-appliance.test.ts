import t from 'tap';
import { type FailedMachine, failedAppliance } from './failed-appliance.ts';

const facts = { tried: 'wait for appliance alpha to become ready', line: 'ASSAY FAILED {}' };

function machineWith(events: readonly string[]): FailedMachine {
  const qmpEvents = events.map((event) => ({ event, data: {}, atMs: 0 }));
  return { running: { qmpEvents, console: { tail: () => ['the last line'] } } } as unknown as FailedMachine;
}

const starved = () => 'it was ready to run and got no processor for 90 s of 100 s';
const fair = () => undefined;

t.test('what an appliance says of itself is believed', (t) => {
  for (const error of [
    failedAppliance(machineWith(['RESET']), facts, starved),
    failedAppliance(machineWith(['WATCHDOG']), facts, fair),
    failedAppliance({ running: undefined }, facts, starved),
  ]) {
    t.match(error, { code: 'HARNESS_APPLIANCE_FAILED', blame: 'product', message: /ASSAY FAILED \{\}/ });
  }
  t.end();
});

t.test('but not when the host starved it, and its watchdog reset it because of that', (t) => {
  t.match(failedAppliance(machineWith(['WATCHDOG', 'RESET', 'WATCHDOG']), facts, starved), {
    code: 'HARNESS_APPLIANCE_STARVED',
    blame: 'host',
    message:
      /reset it 2 times, and it was ready to run and got no processor for 90 s of 100 s\n[\s\S]*the last line/,
  });
  t.end();
});
