import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { fixtureKinds } from './fixtures/kinds.ts';
import { readScript } from './read-script.ts';

/** Files in a folder of their own. */
async function place(t: Test, files: Record<string, string>): Promise<string> {
  const folder = t.testdir();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** The problems of a script as `NAME, line N: …`, without the folder. */
async function problemsOf(t: Test, folder: string, name = 'a.yaml'): Promise<string[]> {
  const error = await readScript(join(folder, name), fixtureKinds).then(
    () => t.fail('it was accepted'),
    (caught) => caught,
  );
  t.equal(error.code, 'SCRIPT_INVALID');
  t.equal(error.blame, 'usage');
  return error.facts.got.replaceAll(`${folder}/`, '').split(/\n */);
}

t.test('a script is read, and what is left out has its default', async (t) => {
  const folder = await place(t, {
    'a.yaml': `name: first-script
steps:
  - name: one
    do: say
    with: { text: hello }
  - { name: two, do: do-nothing, waits: false, timeLimit: 1m, mayFail: true }
  - { name: three, do: do-nothing, when: { one: [failed, skipped], two: failed } }
`,
  });
  t.same(await readScript(join(folder, 'a.yaml'), fixtureKinds), {
    name: 'first-script',
    path: join(folder, 'a.yaml'),
    folder,
    end: 'prompt',
    onFailure: 'prompt',
    steps: [
      {
        name: 'one',
        do: 'say',
        options: { text: 'hello', times: 1 },
        waitsFor: [],
        when: {},
        mayFail: false,
      },
      {
        name: 'two',
        do: 'do-nothing',
        options: {},
        waitsFor: [],
        timeLimitMs: 60_000,
        when: {},
        mayFail: true,
      },
      {
        name: 'three',
        do: 'do-nothing',
        options: {},
        waitsFor: ['one', 'two'],
        when: { one: ['failed', 'skipped'], two: ['failed'] },
        mayFail: false,
      },
    ],
  });
});

/** Whole scripts that are wrong in one place, which `<<` marks. */
const mistakes: { name: string; text: string; problem: string | RegExp }[] = [
  { name: 'an empty file', text: '<<', problem: 'expected object' },
  { name: 'a list', text: '- a<<', problem: 'expected object' },
  { name: 'no YAML', text: 'name: a\nsteps: [<<', problem: 'Flow sequence' },
  { name: 'a key twice', text: 'name: a\nname: b<<\nsteps: []', problem: 'Map keys must be unique' },
  { name: 'two documents', text: 'name: a\n---<<\nname: b', problem: 'multiple documents' },
  { name: 'an alias of nothing', text: 'name: *x<<', problem: 'Unresolved alias' },
  { name: 'a tag', text: 'name: !x a<<', problem: 'Unresolved tag' },
  {
    name: 'a misspelt key of the script',
    text: 'name: a\nonFailur: prompt<<\nsteps: [{ name: a, do: do-nothing }]',
    problem: 'onFailur: unknown key, did you mean "onFailure"?',
  },
  { name: 'no name', text: 'steps: [{ name: a, do: do-nothing }]<<', problem: 'name: ' },
  {
    name: 'a name with capitals',
    text: 'name: Install<<\nsteps: [{ name: a, do: do-nothing }]',
    problem: 'name: a name is lower-case words with hyphens between them',
  },
  {
    name: 'an end that there is not',
    text: 'name: a\nend: reboot<<\nsteps: [{ name: a, do: do-nothing }]',
    problem: 'end: must be prompt, restart or shut-down',
  },
  { name: 'no steps', text: 'name: a\nsteps: []<<', problem: 'steps: a script has at least one step' },
  { name: 'steps that are no list', text: 'name: a\nsteps:<<\n  a: b', problem: 'steps: Invalid input' },
  { name: 'a step that is a word', text: 'name: a\nsteps:\n  - reboot<<', problem: 'expected object' },
  {
    name: 'a misspelt key of a step, whose value stands below it',
    text: 'name: a\nsteps:\n  - name: a\n    do: do-nothing\n    wiht:<<\n      how: well',
    problem: 'wiht: unknown key, did you mean "with"?',
  },
  {
    name: 'a kind that there is not',
    text: 'name: a\nsteps:\n  - name: a\n    do: sya<<',
    problem: 'do: there is no kind of step "sya", did you mean "say"?',
  },
  {
    name: 'a misspelt option',
    text: 'name: a\nsteps:\n  - name: a\n    do: say\n    with:\n      text: a\n      time: 2<<',
    problem: 'with.time: unknown key, did you mean "times"?',
  },
  {
    name: 'an option that is missing',
    text: 'name: a\nsteps:\n  - name: a\n    do: say\n    with:<<\n      times: 1',
    problem: 'with.text: Invalid input: expected string, received undefined',
  },
  {
    name: 'no options where some are needed',
    text: 'name: a\nsteps:\n  - name: a<<\n    do: say',
    problem: 'with.text: Invalid input: expected string, received undefined',
  },
  {
    name: 'options that are a word',
    text: 'name: a\nsteps:\n  - name: a\n    do: say\n    with: hello<<',
    problem: /^a.yaml, line 5: with: Invalid input: expected record, received string$/,
  },
  {
    name: 'a time limit without a unit',
    text: 'name: a\nsteps:\n  - name: a\n    do: do-nothing\n    timeLimit: 30<<',
    problem: 'timeLimit: ',
  },
  {
    name: 'a time limit in minutes and seconds',
    text: 'name: a\nsteps:\n  - name: a\n    do: do-nothing\n    timeLimit: 1m30s<<',
    problem: 'timeLimit: "1m30s" is no span of time',
  },
  {
    name: 'a wait that is a word',
    text: 'name: a\nsteps:\n  - name: a\n    do: do-nothing\n    waits: no<<',
    problem: 'waits: must be true, false, or a list of names of earlier steps',
  },
  {
    name: 'an outcome that there is not',
    text: 'name: a\nsteps:\n  - { name: a, do: do-nothing }\n  - name: b\n    do: do-nothing\n    when: { a: ok }<<',
    problem: 'when: must be always, or the names of earlier steps',
  },
  {
    name: 'a name twice',
    text: 'name: a\nsteps:\n  - { name: a, do: do-nothing }\n  - { name: a, do: do-nothing }<<',
    problem: '"a" is the name of step 1 already',
  },
  {
    name: 'a wait for a step that there is not',
    text: 'name: a\nsteps:\n  - { name: disks, do: do-nothing }\n  - name: b\n    do: do-nothing\n    waits:\n      - dsiks<<',
    problem: 'waits: there is no step "dsiks", did you mean "disks"?',
  },
  {
    name: 'a wait for a later step',
    text: 'name: a\nsteps:\n  - { name: a, do: do-nothing, waits: [b] }<<\n  - { name: b, do: do-nothing }',
    problem: 'waits: "b" comes later: only earlier steps can be named',
  },
  {
    name: 'a wait for itself',
    text: 'name: a\nsteps:\n  - { name: a, do: do-nothing, waits: [a] }<<',
    problem: 'waits: "a" is this step itself',
  },
  {
    name: 'a condition on a step that there is not',
    text: 'name: a\nsteps:\n  - { name: a, do: do-nothing, when: { b: failed } }<<',
    problem: 'when: there is no step "b" before this one',
  },
  {
    name: 'a condition on a step that may still be running',
    text: 'name: a\nsteps:\n  - { name: a, do: do-nothing }\n  - name: b\n    do: do-nothing\n    waits: false\n    when:\n      a: succeeded<<',
    problem: 'when: this step does not wait for "a", which may still be running then: name it in waits',
  },
];

for (const { name, text, problem } of mistakes) {
  t.test(`refused with its line: ${name}`, async (t) => {
    const line = text.slice(0, text.indexOf('<<')).split('\n').length;
    const folder = await place(t, { 'a.yaml': text.replace('<<', '') });
    const problems = await problemsOf(t, folder);
    t.equal(problems.length, 1, problems.join('\n'));
    t.match(problems[0], problem);
    t.match(problems[0], new RegExp(`^a.yaml, line ${line}: `));
  });
}

t.test('a condition on a step that is waited for through another is good', async (t) => {
  const folder = await place(t, {
    'a.yaml': `name: a
steps:
  - { name: a, do: do-nothing }
  - { name: b, do: do-nothing, waits: [a] }
  - { name: c, do: do-nothing, waits: [b], when: { a: failed } }
`,
  });
  t.same((await readScript(join(folder, 'a.yaml'), fixtureKinds)).steps[2]!.waitsFor, ['a', 'b']);
});

t.test('all problems of all files are named, in the order of the lines, each once', async (t) => {
  const folder = await place(t, {
    'a.yaml': `name: A
steps:
  - { name: one, do: say, waits: [nobody] }
  - { name: two, do: call, with: { script: sub/b.yaml } }
  - { name: three, do: call, with: { script: sub/b.yaml } }
  - { name: four, do: call, with: { script: gone.yaml } }
  - { name: four, do: call, with: { script: sub } }
`,
    'sub/b.yaml': 'name: b\nsteps:\n  - { name: x, doo: say }\n',
  });
  const problems = await problemsOf(t, folder);
  t.equal(problems.length, 8, problems.join('\n'));
  t.match(problems, [
    /^a.yaml, line 1: name: a name is/,
    /^a.yaml, line 3: with.text: /,
    /^a.yaml, line 3: waits: there is no step "nobody"/,
    /^a.yaml, line 6: there is no file gone.yaml/,
    /^a.yaml, line 7: "four" is the name of step 4 already/,
    /^a.yaml, line 7: sub cannot be read: it is a folder/,
    /^sub\/b.yaml, line 3: do: Invalid input/,
    /^sub\/b.yaml, line 3: doo: unknown key, did you mean "do"/,
  ]);
});

t.test('called scripts are found relative to their callers, and read with them', async (t) => {
  const call = (script: string) =>
    `name: caller\nsteps:\n  - { name: it, do: call, with: { script: ${script} } }\n`;
  const folder = await place(t, {
    'a.yaml': call('sub/b.yaml'),
    'sub/b.yaml': call('../c.yaml'),
    'c.yaml': 'name: c\nsteps:\n  - { name: x, do: do-nothing }\n',
  });
  const script = await readScript(join(folder, 'a.yaml'), fixtureKinds);
  t.match(script.steps[0]!.called, { folder: join(folder, 'sub'), name: 'caller' });
  t.match(script.steps[0]!.called!.steps[0]!.called, { folder, name: 'c', path: join(folder, 'c.yaml') });
});

t.test('circles are refused with their way, also through links', async (t) => {
  const call = (script: string) =>
    `name: caller\nsteps:\n  - { name: it, do: call, with: { script: ${script} } }\n`;
  const folder = await place(t, {
    'a.yaml': call('b.yaml'),
    'b.yaml': call('c.yaml'),
    'c.yaml': call('b.yaml'),
    'self.yaml': call('link.yaml'),
  });
  await symlink('self.yaml', join(folder, 'link.yaml'));
  t.same(await problemsOf(t, folder), [
    'c.yaml, line 3: scripts call each other in a circle: b.yaml > c.yaml > b.yaml',
  ]);
  t.same(await problemsOf(t, folder, 'self.yaml'), [
    'self.yaml, line 3: scripts call each other in a circle: self.yaml > link.yaml',
  ]);
});

t.test('a script that is not there is no defect', async (t) => {
  const folder = await place(t, {});
  t.same(await problemsOf(t, folder), ['a.yaml: there is no file a.yaml']);
});
