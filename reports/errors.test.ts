import { readFileSync } from 'node:fs';
import t from 'tap';
import { reportsErrors } from './errors.ts';

t.test('every code has its section in the documentation, and every section its code', async (t) => {
  const page = readFileSync(new URL('../docs/errors/reports.md', import.meta.url), 'utf8');
  const sections = [...page.matchAll(/^## (\S+)$/gm)].map(([, code]) => code);
  t.strictSame(sections.sort(), Object.keys(reportsErrors).sort());
});
