import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { isAlive, ownIdentity } from './process-identity.ts';
import { createRunFolder } from './run-folder.ts';
import { chooseRuntimeRoot, runtimeRoots } from './run-owner.ts';
import { findDeadRuns, findLiveRuns, sweepDeadRuns } from './sweep-dead-runs.ts';

type Tap = Pick<typeof t, 'teardown'>;

async function sessionFolder(t: Tap): Promise<string> {
  const folder = await mkdtemp('/tmp/a-');
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A runtime folder whose owner is the process `owner`. */
async function leaveBehind(session: string, name: string, owner: object, runFolder = '/nowhere') {
  const folder = join(session, 'assay', name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const startedAt = new Date().toISOString();
  const record = { version: 1, runId: name, startedAt, owner, runFolder, runtimeFolder: folder, keep: false };
  await writeFile(join(folder, 'owner.json'), JSON.stringify(record));
  return folder;
}

t.test('this process is alive; others with its number are not', async (t) => {
  const own = ownIdentity();
  t.equal(isAlive(own), true);
  t.equal(isAlive({ ...own, startTicks: '1' }), false, 'the number was given to another process');
  t.equal(isAlive({ ...own, bootId: 'another' }), false, 'the host has been restarted');
  t.equal(isAlive({ ...own, pid: 4_194_305 }), false, 'no such process');
});

t.test('only dead runs are swept', async (t) => {
  const session = await sessionFolder(t);
  const env = { XDG_RUNTIME_DIR: session };
  const own = ownIdentity();
  const live = await leaveBehind(session, 'live', own);
  const dead = await leaveBehind(session, 'dead', { ...own, startTicks: '1' });
  t.match(await findDeadRuns(env), [{ runId: 'dead' }]);
  t.match(await findLiveRuns(env), [{ runId: 'live' }]);
  t.match(await sweepDeadRuns(env), { swept: [{ runId: 'dead', deletedLogs: [] }], unreadable: [] });
  t.notOk(existsSync(dead));
  t.ok(existsSync(live));
});

t.test('what cannot be understood is reported and left', async (t) => {
  const session = await sessionFolder(t);
  const folder = join(session, 'assay', 'strange');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'owner.json'), 'not json');
  const env = { XDG_RUNTIME_DIR: session };
  t.same((await sweepDeadRuns(env)).unreadable, [], 'a folder that is being made is not yet strange');
  await utimes(folder, 1, 1);
  t.same((await sweepDeadRuns(env)).unreadable, [folder]);
  t.ok(existsSync(folder));
});

t.test('a folder that somebody planted is not entered', async (t) => {
  const session = await sessionFolder(t);
  const elsewhere = await sessionFolder(t);
  const dead = await leaveBehind(elsewhere, 'dead', { ...ownIdentity(), startTicks: '1' });
  await symlink(join(elsewhere, 'assay'), join(session, 'assay'));
  t.same((await sweepDeadRuns({ XDG_RUNTIME_DIR: session })).swept, []);
  t.ok(existsSync(dead));
});

t.test('the folder for sockets is short and private', async (t) => {
  const session = await sessionFolder(t);
  const root = await chooseRuntimeRoot({ XDG_RUNTIME_DIR: session });
  t.equal(root, join(session, 'assay'));
  t.equal((await stat(root)).mode & 0o777, 0o700);
  t.equal(runtimeRoots({ XDG_RUNTIME_DIR: `/tmp/${'long/'.repeat(10)}` }).length, 1, 'sockets would not fit');
  t.match(runtimeRoots({}), [/^\/tmp\/assay-\d+$/]);
});

t.test('a run folder that is in the way is refused, and leaves nothing for sockets', async (t) => {
  const session = await sessionFolder(t);
  const before = process.env.XDG_RUNTIME_DIR;
  process.env.XDG_RUNTIME_DIR = session;
  t.teardown(() => {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = before;
  });
  const out = join(session, 'out');
  {
    await using folder = await createRunFolder({ out, keep: false });
    t.match(await findLiveRuns(), [{ runId: folder.record.runId }]);
  }
  t.same(await findLiveRuns(), [], 'it goes with the run');
  await t.rejects(createRunFolder({ out, keep: false }), { code: 'HARNESS_FOLDER_UNUSABLE' });
  await writeFile(join(session, 'file'), '');
  await t.rejects(createRunFolder({ out: join(session, 'file/below'), keep: false }), {
    code: 'HARNESS_FOLDER_UNUSABLE',
  });
  t.same(await findLiveRuns(), []);
});
