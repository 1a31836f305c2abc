import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { readLayout, resolveLayout } from '../layout/index.ts';
import { assembleWatchdogFeeder } from './assemble-watchdog-feeder.ts';
import { openWatchdog, watchdogValue } from './watchdog.ts';

const declared = await readLayout('images/layouts/headless.yaml');
const { watchdog: _, ...withoutWatchdog } = declared;
const watched = resolveLayout({ ...declared, watchdog: { kind: 'ib700', seconds: 20 } });

t.test('times are the values that the chip knows', async (t) => {
  t.equal(watchdogValue({ seconds: 30 }), 0);
  t.equal(watchdogValue({ seconds: 2 }), 14);
});

t.test('the feeding program is a small executable, the same every time', async (t) => {
  const program = await assembleWatchdogFeeder(watched);
  t.same([...program!.subarray(0, 5)], [0x7f, 0x45, 0x4c, 0x46, 2]);
  t.ok(program!.length < 1024, `${program!.length} bytes`);
  t.same(await assembleWatchdogFeeder(watched), program);
  t.ok(
    program!.includes(Buffer.from([0x66, 0xba, 0x43, 0x04, 0xb0, 0x05, 0xee])),
    'mov dx, 0x443; mov al, 5; out dx, al',
  );
  t.equal(await assembleWatchdogFeeder(resolveLayout(withoutWatchdog)), null);
});

t.test('every feeding reaches the program, which ends with its feeder', async (t) => {
  const folder = t.testdir({ feeder: '#!/bin/sh\ncat > "$0.fed"\n' });
  const feeder = join(folder, 'feeder');
  await chmod(feeder, 0o755);
  {
    await using watchdog = await openWatchdog(watched, feeder);
    for (let count = 0; count < 3; count += 1) watchdog.feed();
  }
  t.equal((await readFile(`${feeder}.fed`)).length, 3);
});

t.test('a feeding program that has ended, or that is missing, is an error', async (t) => {
  const feeder = join(t.testdir({}), 'feeder');
  await t.rejects(openWatchdog(watched, feeder), { code: 'CORE_WATCHDOG_FAILED' });
  await writeFile(feeder, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  await using watchdog = await openWatchdog(watched, feeder);
  const feedUntilItFails = async () => {
    for (let tries = 0; tries < 500; tries += 1) {
      watchdog.feed();
      await sleep(10);
    }
  };
  await t.rejects(feedUntilItFails(), { code: 'CORE_WATCHDOG_FAILED', message: /ended with 1/ });
});

t.test('without one in the layout nothing is started', async (t) => {
  await using watchdog = await openWatchdog(resolveLayout(withoutWatchdog), '/nowhere');
  t.doesNotThrow(() => watchdog.feed());
});
