import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { hostTools } from '../foundation/index.ts';
import { layOutRepository } from '../harness/init/lay-out-repository.ts';
import { root } from '../tests/source-files.ts';

const page = await readFile(join(root, 'docs/package.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((match) => match[1]!);

t.test('the page shows the workflow that assay init writes', async (t) => {
  const folder = t.testdir();
  await layOutRepository(folder);
  t.equal(blocks('yaml')[0], await readFile(join(folder, '.github/workflows/assay.yml'), 'utf8'));
});

t.test('the shards prepare themselves as the one job does', async (t) => {
  const [plain, sharded] = blocks('yaml').map((text) => parse(text).jobs);
  const preparation = (steps: { run?: string }[]) =>
    steps.slice(
      0,
      steps.findIndex(({ run }) => run === 'npm ci'),
    );
  const withoutNames = (steps: object[]) => steps.map((step) => ({ ...step, name: undefined }));
  t.same(
    withoutNames(preparation(sharded.scenarios.steps)),
    withoutNames(preparation(plain.scenarios.steps)),
  );
  t.equal(sharded.scenarios.strategy.matrix.shard.length, 4, 'as many as --shard N/4 says');
  t.match(sharded.report.steps.at(-2).run, 'assay report merge');
});

t.test('the container gets every package that Assay needs', async (t) => {
  const [recipe] = blocks('dockerfile');
  for (const { debianPackage } of hostTools)
    t.ok(recipe!.split(/\s+/).includes(debianPackage), debianPackage);
});
