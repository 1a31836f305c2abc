import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readAgentKey } from './agent-key.ts';

const digits = '0123456789abcdef'.repeat(4);

t.test('64 hexadecimal digits are a key, with a line end or without', async (t) => {
  const path = join(t.testdir({}), 'agent.key');
  for (const text of [digits, `${digits}\n`, `${digits.toUpperCase()}\r\n`]) {
    await writeFile(path, text);
    t.same(await readAgentKey(path), Buffer.from(digits, 'hex'));
  }
});

t.test('anything else is refused, and not shown', async (t) => {
  const path = join(t.testdir({}), 'agent.key');
  t.match(await readAgentKey(path).catch((error) => error), {
    code: 'SCRIPT_KEY_UNUSABLE',
    message: /no such/,
  });
  for (const text of ['', digits.slice(1), `${digits}0`, digits.replace('f', 'g'), 'secret']) {
    await writeFile(path, text);
    const { code, message } = await readAgentKey(path).catch((error) => error);
    t.equal(code, 'SCRIPT_KEY_UNUSABLE', text);
    if (text !== '') t.notMatch(message, text);
  }
});
