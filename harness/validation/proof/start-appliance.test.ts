import { createServer, type Server } from 'node:net';
import t, { type Test } from 'tap';
import { vmErrors } from '../../../vm/index.ts';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { paperMachine } from './fixtures/scripted-machine.ts';
import { shellOf, shutDown, startUntilReady, waitUntilReady } from './start-appliance.ts';

/** Limits are a tenth, by the machine's time-out scale. */
const profileOf = (ready: unknown[], other: object = {}) =>
  diskProfileSchema.parse({
    format: 'assay disk profile 1',
    ready,
    limits: { firstReady: '40s', ready: '10s', shutDown: '2s' },
    ...other,
  }) as ProofProfile;

t.test('console lines in their order, and the time from power-on', async (t) => {
  const { machine, bench, told, print } = paperMachine();
  print('starting\n');
  setTimeout(() => print('network is up\nnas re'), 100);
  setTimeout(() => print('[    1.000000] late kernel line\nady\n'), 200);
  const profile = profileOf([{ console: 'network is up' }, { console: '/ready$/m' }]);
  const { readyMs } = await startUntilReady(machine, profile, bench);
  t.ok(readyMs >= 150, 'both were waited for');
  t.strictSame(told, [
    'clone-1 starts and becomes ready',
    'the console shows "network is up"',
    'the console shows /ready$/m',
  ]);
});

t.test('a sign that does not come is named, with those that did and the end of the console', async (t) => {
  const { machine, bench, print } = paperMachine();
  print('network is up\nfsck: unexpected inconsistency\n');
  const profile = profileOf([{ console: 'network is up' }, { console: 'nas ready' }]);
  await t.rejects(startUntilReady(machine, profile, bench), {
    code: 'VALIDATION_NOT_READY',
    blame: 'product',
    message:
      /"nas ready", within 1 s.*seen before it: the console shows "network is up".*unexpected inconsistency/s,
  });
});

t.test('the first boot has a limit of its own', async () => {
  const { machine, bench, print } = paperMachine();
  setTimeout(() => print('nas ready\n'), 1_500);
  await startUntilReady(machine, profileOf([{ console: 'nas ready' }]), bench, { isFirst: true });
});

t.test('a host that did not let it run is to blame, a machine that went off says so itself', async (t) => {
  const profile = profileOf([{ console: 'nas ready' }]);
  const ended = paperMachine();
  const off = vmErrors.VM_POWERED_OFF({ tried: 'test' });
  setTimeout(() => ended.console.end(off), 50);
  await t.rejects(startUntilReady(ended.machine, profile, ended.bench), { code: 'VM_POWERED_OFF' });
  const starved = paperMachine(undefined, { request: async () => ({ status: 503, text: '' }) });
  const stalled = vmErrors.VM_MACHINE_STALLED({ tried: 'test' });
  Object.assign(starved.console, { diagnose: async () => stalled });
  await t.rejects(startUntilReady(starved.machine, profileOf([{ http: {} }]), starved.bench), {
    code: 'VM_MACHINE_STALLED',
  });
});

t.test('a machine that was ready and has not started anew is not asked for its console again', async (t) => {
  const { machine, bench, restarts, print } = paperMachine();
  const profile = profileOf([{ console: 'nas ready' }]);
  print('nas ready\n');
  const { running } = await startUntilReady(machine, profile, bench);
  await waitUntilReady(running, profile, bench);
  restarts();
  await t.rejects(waitUntilReady(running, profile, bench), { code: 'VALIDATION_NOT_READY' });
});

/** A server on the host, and what QEMU says of the connections to it. */
async function portOf(t: Test, server: Server, state: string) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const line = `  TCP[${state}]  15  127.0.0.1 ${port}  10.0.2.15  22  0 0\r\n`;
  const forward = `  TCP[HOST_FORWARD]  12  127.0.0.1 ${port}  10.0.2.15  22  0 0\r\n`;
  return { hostPort: async () => port, qmp: { monitor: async () => forward + line } };
}

t.test('a TCP port counts when the guest itself takes the connection', async (t) => {
  const profile = profileOf([{ tcp: 22 }]);
  const taken = paperMachine(undefined, await portOf(t, createServer(), 'ESTABLISHED'));
  await startUntilReady(taken.machine, profile, taken.bench);
  const speaking = createServer((socket) => socket.end('SSH-2.0\r\n'));
  const spoken = paperMachine(undefined, await portOf(t, speaking, 'CLOSED'));
  await startUntilReady(spoken.machine, profile, spoken.bench);
  const refusing = createServer((socket) => socket.end());
  const refused = paperMachine(undefined, await portOf(t, refusing, 'CLOSED'));
  await t.rejects(startUntilReady(refused.machine, profile, refused.bench), {
    code: 'VALIDATION_NOT_READY',
    message: /TCP port 22 takes a connection.*closed at once/s,
  });
  const unheard = paperMachine(undefined, await portOf(t, createServer(), 'SYN_SENT'));
  await t.rejects(startUntilReady(unheard.machine, profile, unheard.bench), { message: /nobody answered/ });
});

t.test('HTTP: nobody, then another status, then another text, then the right one', async (t) => {
  const answers: (() => unknown)[] = [
    () => {
      throw vmErrors.VM_SERVICE_UNREACHABLE({ tried: 'test' });
    },
    () => ({ status: 503, text: 'starting' }),
    () => ({ status: 200, text: 'starting' }),
    () => ({ status: 200, text: '<h1>NAS</h1>' }),
  ];
  const asked: unknown[] = [];
  const request = async (path: string, { port }: { port: number }) => {
    asked.push(`${port}${path}`);
    return answers.shift()!();
  };
  const { machine, bench } = paperMachine(undefined, { request });
  const sign = { http: { port: 8080, path: '/login', contains: 'NAS' } };
  await startUntilReady(machine, profileOf([sign], { limits: { ready: '60s' } }), bench);
  t.strictSame(asked, ['8080/login', '8080/login', '8080/login', '8080/login']);
  const failing = paperMachine(undefined, { request: async () => ({ status: 503, text: '' }) });
  await t.rejects(startUntilReady(failing.machine, profileOf([sign]), failing.bench), {
    message: /http.*:8080\/login answers with 200 and contains "NAS".*status 503/s,
  });
});

t.test('a command is repeated until it ends with 0', async (t) => {
  const statuses = [1, 3, 0];
  const { machine, bench, console } = paperMachine(() => '# ');
  const commands: string[] = [];
  const run = async (command: string) => {
    commands.push(command);
    return { exitCode: statuses.shift(), output: 'degraded\n' };
  };
  Object.assign(console, { run });
  const sign = { command: 'systemctl is-system-running' };
  const profile = profileOf([sign], { console: {}, limits: { ready: '200s' } });
  await startUntilReady(machine, profile, bench);
  t.equal(commands.length, 3);
  statuses.push(...Array.from({ length: 100 }, () => 1));
  await t.rejects(startUntilReady(machine, profileOf([sign], { console: {} }), bench), {
    message: /`systemctl is-system-running` ends with 0.*status 1: degraded/s,
  });
});

t.test('the shell is logged in to once, and anew after a restart', async (t) => {
  const { running, restarts, typed } = paperMachine(() => '# ');
  const profile = profileOf([{ console: 'x' }], { console: {} });
  await shellOf(running, profile);
  await shellOf(running, profile);
  t.equal(typed.length, 1);
  restarts();
  await shellOf(running, profile);
  t.equal(typed.length, 2);
});

t.test('switched off by the power button, by a command, or not at all', async (t) => {
  const done: string[] = [];
  const other = {
    pressPowerButton: async () => done.push('button'),
    waitForPowerOff: async ({ timeoutMs }: { timeoutMs: number }) => done.push(`off in ${timeoutMs}`),
  };
  const { running, bench, console, told } = paperMachine(() => '# ', other);
  t.type(await shutDown(running, profileOf([{ console: 'x' }]), bench), 'number');
  Object.assign(console, { run: async (command: string) => Promise.reject(done.push(command)) });
  const byCommand = profileOf([{ console: 'x' }], { console: {}, shutDown: { command: 'poweroff' } });
  await shutDown(running, byCommand, bench);
  t.strictSame(done, ['button', 'off in 2000', 'poweroff', 'off in 2000']);
  t.strictSame(told, [
    'clone-1 is switched off by its power button',
    'clone-1 is switched off by `poweroff`',
  ]);
  const off = { isOn: false, ended: Promise.resolve({ error: vmErrors.VM_POWERED_OFF({ tried: 'test' }) }) };
  const gone = paperMachine(undefined, off);
  await t.rejects(shutDown(gone.running, byCommand, gone.bench), { code: 'VM_POWERED_OFF' });
});
