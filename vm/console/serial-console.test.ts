import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Duplex, PassThrough } from 'node:stream';
import t from 'tap';
import { vmErrors } from '../errors.ts';
import { ConsoleRecorder } from './console-recorder.ts';
import { spawnOnPty } from './fixtures/pty-stream.ts';
import { SerialConsole } from './serial-console.ts';
import type { SerialConsoleOptions } from './serial-console-options.ts';

/** A console whose guest is the test. */
function consoleWithGuest(options: Partial<SerialConsoleOptions> = {}) {
  const fromGuest = new PassThrough();
  const toGuest = new PassThrough();
  const stream = Duplex.from({ readable: fromGuest, writable: toGuest });
  return { console: new SerialConsole(stream, { name: 'console', ...options }), fromGuest, toGuest, stream };
}

t.test('several expectations at once, by name', async (t) => {
  const { console, fromGuest } = consoleWithGuest();
  const match = console.expect({ login: 'login:', panicked: /panic/, shell: /[#$] $/ });
  fromGuest.write('Debian 12 box ttyS0\r\n\r\nbox login: ');
  t.match(await match, { which: 'login', before: 'Debian 12 box ttyS0\n\nbox ' });
});

t.test('what came before anybody waited still counts', async (t) => {
  const { console, fromGuest } = consoleWithGuest();
  fromGuest.write('early bird\n');
  await new Promise((resolve) => setImmediate(resolve));
  t.equal((await console.expect('early')).text, 'early');
});

t.test('time-outs say which it was', async (t) => {
  const { console, fromGuest } = consoleWithGuest();
  fromGuest.write('one line\n');
  await t.rejects(console.expect('other', { timeoutMs: 50 }), {
    code: 'VM_CONSOLE_SILENT',
    message: /one line/,
  });
  const ticking = setInterval(() => fromGuest.write('tick\n'), 5);
  await t.rejects(console.expect('other', { timeoutMs: 200 }), {
    code: 'VM_CONSOLE_TIMEOUT',
    message: /tick/,
  });
  clearInterval(ticking);
  const flooding = setInterval(() => fromGuest.write('x'.repeat(100_000)), 5);
  await t.rejects(console.expect('other', { timeoutMs: 200 }), { code: 'VM_CONSOLE_FLOODED' });
  clearInterval(flooding);
});

t.test('a machine that does not run is what a time-out reports', async (t) => {
  const stalled = vmErrors.VM_MACHINE_STALLED({ tried: 'ask' });
  const { console } = consoleWithGuest({ diagnose: async () => stalled });
  await t.rejects(console.expect('x', { timeoutMs: 10 }), { code: 'VM_MACHINE_STALLED', blame: 'host' });
});

t.test('what came in time counts when the runner was held up', async (t) => {
  const { console, fromGuest } = consoleWithGuest();
  const wait = console.expect('in time', { timeoutMs: 50 });
  // The stream gives it only after the timer has fired, as a file that is read once the runner runs again.
  setTimeout(() => setImmediate(() => fromGuest.write('in time\n')), 20);
  const endMs = performance.now() + 300;
  while (performance.now() < endMs);
  t.equal((await wait).text, 'in time');
});

t.test('a guest that restarts by itself is named, or ends the wait where that is said', async (t) => {
  const { console, fromGuest } = consoleWithGuest();
  const noted = console.expect('never', { timeoutMs: 1_500 });
  const ended = console.expect('never', { timeoutMs: 100_000, restart: 'fails' });
  fromGuest.write('reboot: Restarting system\n');
  // QEMU reports one restart several times.
  for (let count = 0; count < 3; count += 1) console.guestRestarted('guest-reset');
  await t.rejects(ended, {
    code: 'VM_GUEST_RESTARTED',
    blame: 'product',
    message: /guest-reset\nreboot: Rest/,
  });
  await t.rejects(noted, { code: 'VM_CONSOLE_SILENT', message: /restarted by itself once \(guest-reset\)/ });
  const asked = console.expect('never', { timeoutMs: 500, restart: 'fails' });
  console.guestRestarted();
  await t.rejects(asked, { code: 'VM_CONSOLE_SILENT' }, 'one that was asked for is none');
});

t.test('the end of the machine ends every wait, now and later', async (t) => {
  const { console, fromGuest } = consoleWithGuest();
  const wait = console.expect('never');
  fromGuest.write('last words\n');
  console.end(vmErrors.VM_QEMU_DIED({ tried: 'test' }));
  await t.rejects(wait, { code: 'VM_QEMU_DIED' });
  await t.rejects(console.expect('never'), { code: 'VM_QEMU_DIED' });
  await t.rejects(console.send('x'), { code: 'VM_QEMU_DIED' });
});

t.test('what arrived before the end counts', async (t) => {
  const { console, fromGuest } = consoleWithGuest();
  const wait = console.expect('done');
  fromGuest.end('all done\n');
  t.equal((await wait).text, 'done');
  await t.rejects(console.expect('more'), { code: 'VM_CONSOLE_CLOSED' });
});

t.test('a flood of 50 MB is taken whole, with little memory, and the recording too', async (t) => {
  const bytes = 50_000_000;
  const folder = t.testdir();
  const stream = spawnOnPty(
    '/bin/sh',
    ['-c', `stty -opost; yes 0123456789 | head -c ${bytes}; echo flood ends; cat`],
    {
      PATH: process.env.PATH ?? '',
    },
  );
  t.teardown(() => stream.destroy());
  const recorder = new ConsoleRecorder(join(folder, 'flood.cast'), 'flood');
  const console = new SerialConsole(stream, { name: 'flood', recorder });
  const memoryBefore = process.memoryUsage.rss();
  await console.expect('flood ends', { timeoutMs: 120_000 });
  const grownMiB = (process.memoryUsage.rss() - memoryBefore) / 1024 / 1024;
  t.ok(grownMiB < 200, `memory grew by ${grownMiB.toFixed()} MiB`);
  t.ok(console.receivedBytes >= bytes, 'nothing is lost');
  await recorder.close();
  t.ok((await stat(recorder.path)).size > bytes, 'everything is recorded');
});

t.test('a recording is asciicast v2 with output, input and markers in order', async (t) => {
  const folder = t.testdir();
  const recorder = new ConsoleRecorder(join(folder, 'a.cast'), 'machine a');
  const { console, fromGuest } = consoleWithGuest({ recorder });
  recorder.marker('power on');
  fromGuest.write('login: \u001b[1m\u0000');
  await console.expect('login: ');
  await console.sendLine('root');
  fromGuest.write(Buffer.of(0xff, 0x0a));
  await console.expect('\n');
  await recorder.close();
  const [header, ...events] = (await readFile(recorder.path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(header, { version: 2, width: Number, height: Number, title: 'machine a' });
  t.same(
    events.map(([, code, data]) => [code, data]),
    [
      ['m', 'power on'],
      ['o', 'login: \u001b[1m\u0000'],
      ['i', 'root\r'],
      ['o', '\ufffd\n'],
    ],
  );
  const times = events.map(([seconds]) => seconds);
  t.same(
    times,
    times.toSorted((left, right) => left - right),
    'times do not go back',
  );
});

t.test('a recording that cannot be written is an error of the host', async (t) => {
  const recorder = new ConsoleRecorder(join(t.testdir(), 'no', 'such', 'folder.cast'), 'x');
  const failed = new Promise((resolve) => {
    recorder.onFailure = resolve;
  });
  t.match(await failed, { code: 'VM_RECORDING_FAILED', blame: 'host' });
  await t.rejects(recorder.close(), { code: 'VM_RECORDING_FAILED' });
});
