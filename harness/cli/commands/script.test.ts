import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace } from '../../../tests/command-line.ts';

const call = (file: string) =>
  `name: caller\nsteps:\n  - { name: rest, do: call, with: { script: ${file} } }\n`;

t.test('a script that is wrong, in a called file too, is wrong use with every line', async (t) => {
  await using place = await makePlace();
  await writeFile(join(place.folder, 'a.yaml'), call('sub/b.yaml'));
  await mkdir(join(place.folder, 'sub'));
  await writeFile(join(place.folder, 'sub/b.yaml'), 'name: b\nsteps:\n  - { name: one, do: cal }\n');
  const { exitCode, stdout } = await place.assay(['script', 'check', 'a.yaml', 'gone.yaml']);
  t.equal(exitCode, 2);
  t.match(stdout, /^sub\/b\.yaml, line 3: do: there is no kind of step "cal", did you mean "call"\?\n/);
  t.match(stdout, /^gone\.yaml: there is no file gone\.yaml\n$/m);

  const json = await place.assay(['script', 'check', 'a.yaml', '--json']);
  t.equal(json.exitCode, 2);
  const problem = { file: 'sub/b.yaml', line: 3, text: /^do: there is no kind/ };
  t.match(JSON.parse(json.stdout), { scripts: [{ file: 'a.yaml', problems: [problem] }] });
});

t.test('a good script is told by what it runs', async (t) => {
  await using place = await makePlace();
  await writeFile(join(place.folder, 'a.yaml'), call('b.yaml'));
  const steps = 'steps:\n  - { name: one, do: test-hardware }\n';
  await writeFile(join(place.folder, 'b.yaml'), `name: b\n${steps}`);
  const { exitCode, stdout } = await place.assay(['script', 'check', 'a.yaml']);
  t.equal(exitCode, 0);
  t.equal(stdout, 'a.yaml: 1 step, runs call b.yaml (test-hardware)\n');
  const json = await place.assay(['script', 'check', 'a.yaml', '--json']);
  t.same(JSON.parse(json.stdout), {
    scripts: [
      {
        file: 'a.yaml',
        name: 'caller',
        steps: [
          {
            name: 'rest',
            do: 'call',
            called: { file: 'b.yaml', name: 'b', steps: [{ name: 'one', do: 'test-hardware' }] },
          },
        ],
        problems: [],
      },
    ],
  });
});

t.test('schema and steps are printed', async (t) => {
  await using place = await makePlace();
  const schema = await place.assay(['script', 'schema']);
  t.equal(schema.exitCode, 0);
  t.match(JSON.parse(schema.stdout), { $schema: /2020-12/, required: ['name', 'steps'] });
  const steps = await place.assay(['script', 'steps']);
  t.match(
    steps.stdout,
    /^call: run another script, and end as it ends\n {2}script \(text, required\): The file/m,
  );
});

t.test('each command has its help, and needs its words', async (t) => {
  await using place = await makePlace();
  for (const command of ['check', 'schema', 'steps']) {
    const { exitCode, stdout } = await place.assay(['script', command, '--help']);
    t.equal(exitCode, 0);
    t.match(stdout, `assay script ${command}`);
    t.match(stdout, 'Examples:');
  }
  const none = await place.assay(['script', 'check']);
  t.equal(none.exitCode, 2);
  t.match(none.stderr, /HARNESS_USAGE/);
});
