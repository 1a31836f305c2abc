import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { findComparedTool } from './compared-tools.ts';

t.test('a program is found in the first folder that has it', async (t) => {
  const folder = t.testdir({ first: {}, second: { nbdcopy: '' }, third: { nbdcopy: '' } });
  for (const name of ['second', 'third']) await chmod(join(folder, name, 'nbdcopy'), 0o755);
  const searchPath = ['', 'first', 'second', 'third'].map((name) => name && join(folder, name)).join(':');
  t.equal(await findComparedTool('nbdcopy', searchPath), join(folder, 'second', 'nbdcopy'));
});

t.test('one that is missing, or no program, is an error that says how to install it', async (t) => {
  const folder = t.testdir({ nbdcopy: 'not executable' });
  await t.rejects(findComparedTool('nbdcopy', folder), {
    code: 'BENCH_TOOL_MISSING',
    remedy: /apt-get install --no-install-recommends libnbd-bin/,
  });
});
