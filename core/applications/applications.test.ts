import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ApplicationSet, loadApplication } from '../appliance/application-set.ts';
import { restoreTree } from '../recovery/restore-tree.ts';
import { type ApiAnswer, applicationNames } from './application.ts';
import { BackupClient } from './backup-client/backup-client.ts';
import { buildSetupFiles } from './build-setup-files.ts';
import { createDefaultDatabase, SqlService } from './sql-service/sql-service.ts';
import { AdministrationPage } from './web-administration/administration-page.ts';

t.test('an acknowledged row is there for the next start, and gone with the defaults', async (t) => {
  const { dataPath } = await appliance(t);
  {
    await using service = new SqlService(dataPath);
    t.same(json(await sql(service, "insert into facts values (?, 'kept')", ['row'])), {
      changes: 1,
      lastInsertRowid: 3,
    });
  }
  {
    await using service = new SqlService(dataPath);
    const kept = await sql(service, 'select value from facts where name = ?', ['row']);
    t.same(json(kept), { rows: [{ value: 'kept' }] });
    await service.check();
  }
  await createDefaultDatabase(dataPath);
  await using service = new SqlService(dataPath);
  t.same(json(await sql(service, "select * from facts where name = 'row'")), { rows: [] });
});

t.test('the default data base is the same bytes every time, in one file', async (t) => {
  const { dataPath } = await appliance(t);
  const path = join(dataPath, 'sql/appliance.db');
  const first = readFileSync(path);
  await createDefaultDatabase(dataPath);
  t.same(readFileSync(path), first);
  t.same(await readdir(join(dataPath, 'sql')), ['appliance.db']);
});

t.test('a wrong statement and a wrong request are answers; a missing data base is an error', async (t) => {
  const { dataPath } = await appliance(t);
  await using service = new SqlService(dataPath);
  t.match(await sql(service, 'selct 1'), { status: 400, json: { error: /syntax/ } });
  t.match(await service.answer({ method: 'POST', path: '/api/sql', body: { statement: 1 } }), {
    status: 400,
  });
  t.match(await service.answer({ method: 'GET', path: '/api/sql', body: null }), { status: 405 });
  t.equal(await service.answer({ method: 'GET', path: '/api/other', body: null }), undefined);
  await service.suspend();
  t.match(await sql(service, 'select 1'), { status: 503 });
  rmSync(join(dataPath, 'sql'), { recursive: true });
  t.throws(() => new SqlService(dataPath));
});

t.test('a back-up brings every byte back, and a damaged one touches nothing', async (t) => {
  const { dataPath, data2Path, applications } = await appliance(t);
  await applications.start(
    'sql-service',
    { start: async () => new SqlService(dataPath) },
    { dataPath, data2Path },
  );
  applications.add('backup-client', new BackupClient(dataPath, data2Path, applications));
  const ask = (path: string, body: unknown) => applications.dispatch({ method: 'POST', path, body });
  const photo = join(dataPath, 'photo');
  const bytes = Buffer.from([...Array(70_000).keys()].map((value) => (value * 7) % 256));
  writeFileSync(photo, bytes);
  await ask('/api/sql', { statement: "insert into facts values ('before', 'backup')" });
  t.match(await ask('/api/backups', { name: 'first' }), { status: 200, json: { files: 2 } });
  writeFileSync(photo, 'spoilt');
  await ask('/api/sql', { statement: 'delete from facts' });
  t.match(await ask('/api/restore', { name: 'first' }), { status: 200 });
  t.same(readFileSync(photo), bytes);
  t.match(json(await ask('/api/sql', { statement: "select * from facts where name = 'before'" })), {
    rows: [{}],
  });

  const objects = join(data2Path, 'backups/first/objects');
  const [object] = await readdir(objects);
  writeFileSync(join(objects, object!), 'not zstd');
  writeFileSync(photo, 'newer');
  t.match(await ask('/api/restore', { name: 'first' }), { status: 409 });
  t.equal(readFileSync(photo, 'utf8'), 'newer');
  t.match(await ask('/api/backups', { name: '../escape' }), { status: 400 });
  t.match(await ask('/api/restore', { name: 'absent' }), { status: 409 });
  await applications[Symbol.asyncDispose]();
});

t.test('the page answers over TCP, escapes what it shows, and outlives bad requests', async (t) => {
  const applications = new ApplicationSet(() => ({ state: 'ready', hostName: '<b>&' }));
  await using page = await AdministrationPage.listen(applications, 0);
  const url = `http://127.0.0.1:${page.port}`;
  const html = await (await fetch(url)).text();
  t.match(html, '<!doctype html>');
  t.match(html, '&lt;b&gt;&amp;');
  t.same(await (await fetch(`${url}/api/status`)).json(), { state: 'ready', hostName: '<b>&' });
  t.equal((await fetch(`${url}/api/nothing`)).status, 404);
  t.equal((await fetch(`${url}/api/x`, { method: 'POST', body: '{not json' })).status, 400);
  t.equal((await fetch(url)).status, 200);
});

t.test(
  'set-up files are the same for the same sources, and install into applications that run',
  async (t) => {
    const { root, dataPath, data2Path, applications } = await appliance(t);
    const tree = await buildSetupFiles(join(root, 'setup'));
    const again = await buildSetupFiles(join(root, 'again'));
    const content = (entries: typeof tree) =>
      entries.map((entry) =>
        'sourcePath' in entry ? [entry.path, readFileSync(entry.sourcePath, 'hex')] : entry.path,
      );
    t.same(content(again), content(tree));
    t.same(
      tree
        .filter(({ kind }) => kind === 'directory')
        .map(({ path }) => path)
        .slice(0, 2),
      ['/packages', '/packages/backup-client'],
    );
    for (const name of applicationNames) {
      const installed = join(root, 'applications', name);
      await restoreTree(join(root, 'setup/files/packages', name), installed);
      const application = loadApplication(name, join(root, 'applications'));
      await application.install?.({ dataPath, data2Path });
      if (name !== 'web-administration') await applications.start(name, application, { dataPath, data2Path });
    }
    t.ok(existsSync(join(data2Path, 'backups')));
    await applications.check();
    await applications[Symbol.asyncDispose]();
  },
);

async function appliance(t: Test) {
  const root = t.testdir({ data: {}, data2: { backups: {} } });
  const dataPath = join(root, 'data');
  const data2Path = join(root, 'data2');
  mkdirSync(dataPath, { recursive: true });
  await createDefaultDatabase(dataPath);
  return { root, dataPath, data2Path, applications: new ApplicationSet(() => ({})) };
}

async function sql(
  service: SqlService,
  statement: string,
  parameters: unknown[] = [],
): Promise<ApiAnswer | undefined> {
  return await service.answer({ method: 'POST', path: '/api/sql', body: { statement, parameters } });
}

function json(answer: ApiAnswer | undefined): unknown {
  return answer !== undefined && 'json' in answer ? answer.json : undefined;
}
