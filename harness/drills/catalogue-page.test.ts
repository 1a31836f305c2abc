import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { faultCatalogue } from './catalogue/index.ts';
import { catalogueMarkdown } from './catalogue-markdown.ts';
import { catalogueText, faultData } from './catalogue-text.ts';

t.test('docs/faults.md is what the catalogue says', async (t) => {
  const page = await readFile(join(import.meta.dirname, '../../docs/faults.md'), 'utf8');
  t.equal(page, catalogueMarkdown(), 'renew it: ./assay drill --list --markdown > docs/faults.md');
});

t.test('the list has every fault with its parameters, or the ones that are named', async (t) => {
  const all = catalogueText([]);
  for (const { name } of faultCatalogue) t.ok(all.includes(`\n  ${name}\n`), name);
  const one = catalogueText(['disk-truncated']);
  t.match(one, /percent=75 +so much of its size is left \(a number\)/);
  t.notOk(one.includes('bits-flipped'));
  t.match(one, /in-write:120@system/, 'and the moments');
  t.throws(() => catalogueText(['disk-truncate']), { code: 'DRILLS_FAULT_UNKNOWN' });
});

t.test('the data have a JSON Schema for the parameters', async (t) => {
  t.match(faultData(['reset-storm']), [
    {
      ...{ name: 'reset-storm', layer: 'power', when: 'on' },
      parameters: { properties: { times: { type: 'integer', minimum: 2, default: 4 } } },
    },
  ]);
});
