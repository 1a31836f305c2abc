import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startApplication } from './application.ts';
import { defaultServiceSettings } from './service-settings.ts';
import { untilFailed, untilWell } from './watch-application.ts';

const settings = { ...defaultServiceSettings, healthEvery: 20, healthDeadline: 10_000 };

/** The folder of an application; `$FOLDER` in its programs is that. */
function folderWith(t: Test, programs: Record<string, string>): string {
  const folder = t.testdir({});
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text.replaceAll('$FOLDER', folder)}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

async function start(t: Test, folder: string) {
  const application = await startApplication(folder);
  t.teardown(async () => await application.stop(2000));
  return application;
}

t.test('without programs it is well', async (t) => {
  const application = await start(t, folderWith(t, {}));
  await untilWell(application, settings);
  const given = new AbortController();
  setTimeout(() => given.abort(), 100);
  t.equal(await untilFailed(application, settings, given.signal), undefined);
  await application.stop(10);
});

t.test('it is well as soon as it says so', async (t) => {
  const folder = folderWith(t, {
    start: 'sleep 1; touch $FOLDER/up; sleep 60',
    health: 'test -e $FOLDER/up',
  });
  await untilWell(await start(t, folder), settings);
  t.ok(existsSync(join(folder, 'up')));
});

t.test('one that never is well has failed, with its last words', async (t) => {
  const application = await start(t, folderWith(t, { health: 'echo "no  data base"; exit 4' }));
  await t.rejects(untilWell(application, { ...settings, readyWithin: 700 }), {
    code: 'KNOWN_STATE_APPLICATION_FAILED',
    facts: { got: 'not well within 0.7 s; last: exit code 4: no data base' },
  });
});

t.test('one that gives no answer has failed', async (t) => {
  const application = await start(t, folderWith(t, { health: 'sleep 60' }));
  await t.rejects(untilWell(application, { ...settings, readyWithin: 300, healthDeadline: 100 }), {
    code: 'KNOWN_STATE_APPLICATION_FAILED',
    facts: { got: /no answer within \d+ ms/ },
  });
});

t.test('one that ends while it comes up has failed', async (t) => {
  const application = await start(t, folderWith(t, { start: 'exit 3', health: 'exit 1' }));
  await t.rejects(untilWell(application, settings), {
    code: 'KNOWN_STATE_APPLICATION_FAILED',
    facts: { got: 'it ended: exit code 3' },
  });
});

t.test('one that ends later has failed', async (t) => {
  const application = await start(t, folderWith(t, { start: 'sleep 1; kill -9 $$' }));
  await untilWell(application, settings);
  const { signal } = new AbortController();
  t.equal(await untilFailed(application, settings, signal), 'the application ended: SIGKILL');
});

t.test('bad answers count in a row only', async (t) => {
  // Of five questions the second and third are answered badly, then the seventh and all behind it.
  const health = `
    echo x >>$FOLDER/asked
    case $(wc -l <$FOLDER/asked) in 1 | 4 | 5 | 6) exit 0 ;; esac
    echo tired
    exit 1`;
  const application = await start(t, folderWith(t, { health }));
  await untilWell(application, settings);
  const { signal } = new AbortController();
  const reason = await untilFailed(application, settings, signal);
  t.equal(reason, 'the application is not well, 3 times in a row: exit code 1: tired');
  t.equal(
    String(await import('node:fs').then(({ readFileSync }) => readFileSync(join(t.testdirName, 'asked')))),
    'x\n'.repeat(9),
  );
});

t.test('one bad answer, where none is allowed', async (t) => {
  const application = await start(t, folderWith(t, { health: 'exit 1' }));
  const { signal } = new AbortController();
  const reason = await untilFailed(application, { ...settings, failuresAllowed: 1 }, signal);
  t.equal(reason, 'the application is not well: exit code 1');
});

t.test('a question that cannot even be ended is no answer', async (t) => {
  // As a program that waits for a disk that hangs.
  const application = await startApplication(
    folderWith(t, { health: '' }),
    async () => await new Promise(() => {}),
  );
  await t.rejects(application.check(50), {
    code: 'KNOWN_STATE_APPLICATION_FAILED',
    facts: { got: /health takes longer than 3\.05 s$/ },
  });
});

t.test('it is ended with what it has started, asked first', async (t) => {
  const program =
    'trap "echo bye >$FOLDER/bye; exit 0" TERM; (trap "" TERM; sleep 60; sleep 60) & echo $! >$FOLDER/child; while :; do sleep 0.1; done';
  const folder = folderWith(t, { start: program });
  const application = await startApplication(folder);
  while (!existsSync(join(folder, 'child'))) await pause(20);
  await pause(100);
  await application.stop(10_000);
  t.ok(existsSync(join(folder, 'bye')), 'it was asked');
  t.equal(await application.ended, 'exit code 0');
  t.equal(await groupIsGone(Number(await read(join(folder, 'child')))), true);
});

async function read(path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return await readFile(path, 'utf8');
}

/** Dead, or not yet fetched by its parent. */
async function groupIsGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    const status = await read(`/proc/${pid}/stat`).catch(() => '0 (x) Z');
    if (/\) Z/.test(status)) return true;
    await pause(50);
  }
  return false;
}

t.test('one that does not want to end is made to', async (t) => {
  const folder = folderWith(t, { start: 'trap "" TERM; touch $FOLDER/up; while :; do sleep 0.1; done' });
  const application = await startApplication(folder);
  while (!existsSync(join(folder, 'up'))) await pause(20);
  await application.stop(200);
  t.equal(await application.ended, 'SIGKILL');
});

t.test('a start that cannot be started', async (t) => {
  const folder = folderWith(t, {});
  writeFileSync(join(folder, 'start'), '#!/no/such/shell\n');
  chmodSync(join(folder, 'start'), 0o755);
  await t.rejects(startApplication(folder), { code: 'KNOWN_STATE_APPLICATION_FAILED' });
});
