import { join } from 'node:path';
import t from 'tap';
import { readDiskProfile } from './disk-profile.ts';

/** The folder is a test's own. */
const readIn = (folder: string) => readDiskProfile(join(folder, 'nas.yaml'));
const format = 'format: assay disk profile 1\n';

t.test('sizes become bytes, times milliseconds, and files are found beside the profile', async (t) => {
  const profile = await readIn(
    t.testdir({
      'nas.yaml': `format: assay disk profile 1
machine: { memory: 512MiB, dataDisks: [2GiB] }
limits: { ready: 90s }
rawAreas: [{ name: licence, at: 31KiB, size: 512B }]
residueRules: [more.yaml]
accept: [{ finding: host-keys, reason: made anew }]
`,
    }),
  );
  t.match(profile, {
    machine: { memory: 512 * 1024 ** 2, dataDisks: [2 * 1024 ** 3] },
    limits: { ready: 90_000 },
    rawAreas: [{ name: 'licence', at: 31_744, size: 512 }],
    residueRules: [join(t.testdirName, 'more.yaml')],
    accept: [{ finding: 'host-keys', reason: 'made anew' }],
  });
});

t.test('what is left out has its default', async (t) => {
  const profile = await readIn(
    t.testdir({
      'nas.yaml': `${format}partitions: [{ number: 1, role: root }]
console: { login: { user: root } }
ready: [{ http: {} }]
recovery: [{ damage: ['bits-flipped partition=root'] }]
`,
    }),
  );
  t.same(profile, {
    format: 'assay disk profile 1',
    machine: {
      ...{ firmware: 'bios', controller: 'virtio', memory: 1024 ** 3, cpus: 1, nic: 'virtio', dataDisks: [] },
    },
    partitions: [{ number: 1, role: 'root' }],
    console: { login: { prompt: 'login: ', user: 'root', passwordPrompt: 'Password: ' }, prompt: /[#$] $/ },
    ready: [{ http: { port: 80, path: '/', status: 200 } }],
    shutDown: 'power-button',
    identities: { ignore: [], add: [] },
    recovery: [{ damage: ['bits-flipped partition=root'], within: 480_000 }],
    powerCut: true,
    limits: { ready: 600_000, shutDown: 180_000, command: 60_000 },
    ...{ rawAreas: [], residueRules: [], accept: [] },
  });
});

t.test('what is no YAML, and what is not there, is said so', async (t) => {
  await t.rejects(readIn(t.testdir({ 'nas.yaml': 'format: [\n' })), { code: 'IMAGES_TEXT_INVALID' });
  await t.rejects(readDiskProfile(join(t.testdirName, 'none.yaml')), { code: 'FOUNDATION_CONFIG_INVALID' });
});

/** Lines after the first one, and what is said of them. */
const wrong: Record<string, [text: string, message: RegExp]> = {
  'an unknown key': ['acept: []', /line 2, acept: unknown key, did you mean "accept"/],
  'a size in units that mean two things': ['rawAreas:\n  - { name: x, at: 5MB, size: 1B }', /line 3.*5MB/],
  'a size of nothing': ['machine: { memory: 0B }', /line 2, machine\.memory: nothing is no size/],
  'an unknown sign': ['ready:\n  - { tcp: 22 }\n  - { htp: {} }', /line 4.*did you mean "http"/],
  'a sign with two forms': ['ready: [{ tcp: 22, console: x }]', /line 2, ready\.0: one sign has one of/],
  'a pattern that is none': ['ready: [{ console: /(/ }]', /line 2, ready\.0\.console: .*[Uu]nterminated/],
  'an expression that is none': [
    'identities: { add: [{ name: a, file: /a, pattern: "(" }] }',
    /line 2, identities\.add\.0\.pattern: .*[Uu]nterminated/,
  ],
  'an unknown way to switch off': ['shutDown: button', /line 2, shutDown: write power-button, or \{ command/],
  'two roles of one partition': [
    'partitions:\n  - { number: 1, role: root }\n  - { number: 1, role: data }',
    /line 4, partitions\.1\.number: partition 1 is root already/,
  ],
  'two partitions with one role': [
    'partitions:\n  - { number: 1, role: root }\n  - { number: 2, role: root }',
    /line 4, partitions\.1\.role: partition 1 is root already/,
  ],
  'an identity on a partition without a role': [
    'partitions: [{ number: 1, role: root }]\nidentities:\n  add:\n    - { name: a, file: /a, partition: rot }',
    /line 5, identities\.add\.0\.partition: .*did you mean "root"/,
  ],
  'an identity that is a file and a command': [
    'console: {}\nidentities: { add: [{ name: a, file: /a, command: id }] }',
    /line 3, identities\.add\.0: either a file or a command/,
  ],
  'a command on a partition': [
    'console: {}\npartitions: [{ number: 1, role: root }]\nidentities: { add: [{ name: a, command: id, partition: root }] }',
    /line 4, identities\.add\.0\.partition: only a file/,
  ],
  'damage to a partition without a role': [
    'ready: [{ tcp: 22 }]\nrecovery:\n  - damage:\n      - file-damaged partition=data path=/x at power-on:2',
    /line 5, recovery\.0\.damage\.0: no partition has the role "data": `partitions` names none/,
  ],
  'a port without a network': [
    'machine: { nic: none }\nready:\n  - { console: x }\n  - { tcp: 22 }',
    /line 5, ready\.1: it needs the network/,
  ],
  'an answer without a network': [
    'machine: { nic: none }\nready: [{ http: {} }]',
    /line 3, ready\.0: it needs/,
  ],
  'a sign that is a command without a console': ['ready: [{ command: "true" }]', /line 2, ready\.0\.command/],
  'an identity that is a command without a console': [
    'identities: { add: [{ name: a, command: id }] }',
    /line 2, identities\.add\.0\.command: there is no `console`/,
  ],
  'an end that is a command without a console': ['shutDown: { command: halt }', /line 2, shutDown\.command/],
  'recovery without an end': ['recovery: [{ damage: [x] }]', /line 2, recovery: .*`ready`/],
};

for (const [what, [text, message]] of Object.entries(wrong)) {
  t.test(`${what} is named with its line`, async (t) => {
    const folder = t.testdir({ 'nas.yaml': `${format}${text}\n` });
    await t.rejects(readIn(folder), { code: 'FOUNDATION_CONFIG_INVALID', message });
  });
}

t.test('a fault may name a partition by its number', async (t) => {
  const text = `${format}ready: [{ tcp: 22 }]\nrecovery: [{ damage: [bits-flipped partition=1 at power-on:2] }]\n`;
  t.match(await readIn(t.testdir({ 'nas.yaml': text })), { recovery: [{}] });
});
