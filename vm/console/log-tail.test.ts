import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { LogTail } from './log-tail.ts';

async function tailOf(path: string) {
  const chunks: Buffer[] = [];
  const tail = await LogTail.open(
    path,
    (bytes) => chunks.push(bytes),
    (error) => t.fail(error.message),
  );
  return { tail, text: () => Buffer.concat(chunks).toString() };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(2);
}

t.test('what is appended comes, in order; what was there before does not', async (t) => {
  const path = join(t.testdir({ log: 'before\n' }), 'log');
  const { tail, text } = await tailOf(path);
  await appendFile(path, 'one\n');
  await until(() => text() === 'one\n');
  for (let line = 0; line < 500; line += 1) await appendFile(path, `${line}\n`);
  await until(() => text().endsWith('\n499\n'));
  const expected = `one\n${Array.from({ length: 500 }, (_, line) => `${line}\n`).join('')}`;
  t.equal(text(), expected);
  await tail.close();
});

t.test('the end of a log is read even when nobody tells', async (t) => {
  const path = join(t.testdir(), 'log');
  const { tail, text } = await tailOf(path);
  await writeFile(path, 'x'.repeat(600_000), { flag: 'a' });
  await tail.close();
  t.equal(text().length, 600_000);
  await tail.close();
});

t.test('while it is paused nothing comes, and nothing is lost', async (t) => {
  const path = join(t.testdir(), 'log');
  const { tail, text } = await tailOf(path);
  tail.pause();
  await appendFile(path, 'held');
  await setTimeout(50);
  t.equal(text(), '');
  tail.resume();
  await until(() => text() === 'held');
  await tail.close();
});
