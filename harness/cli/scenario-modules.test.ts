import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace } from '../../tests/command-line.ts';

t.test('scenarios are ES modules, whatever the package.json beside them says', async (t) => {
  for (const manifest of ['{ "type": "commonjs" }', '{}', undefined]) {
    await using place = await makePlace({
      'a.ts': `import { one } from './parts/one.ts';\nscenario('a', { summary: String(one) }, () => {});`,
    });
    await mkdir(join(place.folder, 'scenarios/parts'));
    await writeFile(join(place.folder, 'scenarios/parts/one.ts'), 'export const one: number = 1;\n');
    if (manifest !== undefined) await writeFile(join(place.folder, 'package.json'), manifest);
    const { exitCode, stdout, stderr } = await place.assay(['list']);
    t.match({ exitCode, stdout, stderr }, { exitCode: 0, stdout: /^a +1/, stderr: /^$/ }, manifest ?? 'none');
  }
});
