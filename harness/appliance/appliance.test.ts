import t from 'tap';
import { benchMachine, benchReadyText } from '../../vm/fixtures/bench-machine.ts';
import type { Bench } from '../bench.ts';
import { Appliance } from './appliance.ts';
import { unitHardware } from './unit-hardware.ts';

/** A bench that does what it is told and records nothing. */
const plainBench = {
  signal: new AbortController().signal,
  seed: 'seed',
  timeoutScale: 1,
  workFolder: '/nonexistent',
  evidenceFolder: '/nonexistent',
  step: async (_sentence: string, action: () => unknown) => action(),
  note: () => undefined,
} as unknown as Bench;

const readyLine = JSON.stringify({
  system: 'primary',
  systemId: 'b8045702-fdb9-8d57-9055-b5e171c962c8',
  identityNumber: 'B804-5702',
  hostName: 'assay-b804-5702',
  licenceLevel: 'home',
  layout: 'headless',
  isFirstBoot: true,
});

t.test('an appliance that prints its ready line and is not is found out', async (t) => {
  const nics = [{ mac: '00:1b:21:aa:bb:cc', forwardTcpPorts: [80] }];
  const { machine, remove } = await benchMachine({ nics }, { timeoutScale: 1 });
  t.teardown(remove);
  await using _machine = machine;
  const liar = new Appliance(
    plainBench,
    '/nonexistent/layout.yaml',
    'liar',
    { folder: '/nonexistent', systemPath: '/nonexistent/system.raw' },
    unitHardware('liar'),
    machine,
  );
  const { console } = await liar.powerOn();
  await console.expect(benchReadyText, { timeoutMs: 150_000 });
  const print = async (line: string) => {
    await console.releaseShell();
    await console.expect('# ');
    await console.sendLine(`clear; echo ASS''AY '${line}'`);
  };

  await t.test('nothing listens at all', async (t) => {
    await console.run('ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up');
    await print(`READY ${readyLine}`);
    await t.rejects(liar.ready(), { code: 'VM_SERVICE_UNREACHABLE', blame: 'product' });
  });

  await t.test('a page answers, and it is not the appliance', async (t) => {
    await console.run(
      'mkdir -p /www/api; echo page >/www/index.html; echo "{}" >/www/api/status; httpd -h /www',
    );
    await print(`READY ${readyLine}`);
    await t.rejects(liar.ready(), { code: 'HARNESS_APPLIANCE_ANSWER', blame: 'product' });
  });

  await t.test('the ready line is no ready line', async (t) => {
    await print('READY {"system":"primary"}');
    await t.rejects(liar.ready(), { code: 'HARNESS_APPLIANCE_FAILED', blame: 'product' });
  });

  await t.test('an appliance that says that it failed is believed', async (t) => {
    await print('FAILED no data base');
    await t.rejects(liar.ready(), { code: 'HARNESS_APPLIANCE_FAILED', message: /no data base/ });
  });
});
