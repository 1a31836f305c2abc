import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { z } from 'zod';
import type { RunProgram, StepKind } from '../script/index.ts';
import { stepKind } from '../script/index.ts';
import { fakeCard, fakeDisk, makeMachine, together } from '../script/steps/fixtures/fake-machine.ts';
import { serveHttp } from '../script/steps/fixtures/http-server.ts';
import { runSession } from './run-session.ts';

interface SessionOptions {
  /** Files on the medium, below its folder. */
  medium?: Record<string, string>;
  /** Files on a stick, sdb1. */
  stick?: Record<string, string>;
  commandLine?: string;
  hasNetwork?: boolean;
  refuseEnd?: boolean;
}

/** A kind that keeps what it was told, and one that fails. */
function kindsThatSay(said: string[]): StepKind[] {
  const say = stepKind({
    name: 'say',
    summary: 'says something',
    options: z.strictObject({ text: z.string() }),
    async run({ text }, { log, mediumFolder }) {
      said.push(text);
      log(`in ${mediumFolder.replace(/.*\//, '')}`);
      return { length: text.length };
    },
  });
  const fail = stepKind({
    name: 'fail',
    summary: 'fails',
    options: z.strictObject({}),
    async run() {
      throw new Error('no\ngood');
    },
  });
  return [say, fail];
}

async function session(t: Test, options: SessionOptions) {
  const folder = t.testdir({ medium: options.medium ?? {} });
  const stick = fakeDisk('sdb', 4096, { port: '/usb1/1-2', partitions: [[2048, 2048]] });
  const { files, links } = together(stick, fakeCard('0000:00:03.0', { name: 'eth0', driver: 'e1000' }));
  const machine = {
    files: files!,
    links: links!,
    commandLine: options.commandLine ?? 'quiet assay.reduced\n',
  };
  const places = {
    ...makeMachine(folder, machine),
    mediumFolder: join(folder, 'medium'),
    stateFolder: join(folder, 'run'),
  };
  const lines: string[] = [];
  const said: string[] = [];
  const programs: string[] = [];
  const ends: string[] = [];
  let agents = 0;
  const runProgram: RunProgram = async (name, words) => {
    programs.push([name, ...words].join(' '));
    if (name === 'mount' && options.stick === undefined) throw new Error('no file system');
    if (name === 'mount') {
      mkdirSync(join(words.at(-1)!, 'assay'), { recursive: true });
      for (const [path, text] of Object.entries(options.stick!))
        writeFileSync(join(words.at(-1)!, path), text);
    }
    return '';
  };
  const exitCode = await runSession({
    ...{ places, runProgram, kinds: kindsThatSay(said) },
    signal: new AbortController().signal,
    announce: (text) => lines.push(text),
    startAgent: () => {
      agents += 1;
    },
    find: { hasNetwork: () => options.hasNetwork ?? true, pauseMs: 0 },
    endMachine: async (how) => {
      ends.push(how);
      if (options.refuseEnd) throw new Error('init does not listen');
      // The real one never returns.
      return undefined as never;
    },
  });
  return { exitCode, lines, said, programs, ends, places, agents };
}

function script(name: string, text: string, more = ''): string {
  return `name: ${name}\n${more}steps:\n  - { name: first, do: say, with: { text: ${text} } }\n`;
}

t.test('nothing found: the prompt', async (t) => {
  const { exitCode, lines } = await session(t, {});
  t.equal(exitCode, 10);
  t.same(lines, []);
});

t.test(
  'the medium’s script and that of a stick, in order; everything is told and written down',
  async (t) => {
    const { exitCode, lines, said, places, ends } = await session(t, {
      medium: { 'script.yaml': script('one', 'hello') },
      stick: { 'assay/script.yaml': script('two', 'again') },
    });
    t.equal(exitCode, 0);
    t.same(said, ['hello', 'again']);
    t.same(ends, []);
    t.match(lines, [
      /^SCRIPT started one .*medium\/script\.yaml$/,
      'STEP started first',
      'STEP log first: in medium',
      'STEP succeeded first {"length":5}',
      /^SCRIPT succeeded one \{"durationMs":\d+,"end":"prompt"\}$/,
      /^SCRIPT started two .*removable\/sdb1\/assay\/script\.yaml$/,
      /./,
      /./,
      /./,
      /^SCRIPT succeeded two /,
    ]);
    const log = readFileSync(join(places.stateFolder, 'script.log'), 'utf8').trim().split('\n');
    const events = log.map((line) => JSON.parse(line));
    t.equal(events.length, 10);
    t.match(events[3], { type: 'step-ended', step: 'first', facts: { length: 5 }, time: /^\d{4}-.*Z$/ });
  },
);

t.test('one that is wrong keeps all from running, with every line', async (t) => {
  const { exitCode, lines, said } = await session(t, {
    medium: { 'script.yaml': script('one', 'hello') },
    stick: {
      'assay/script.yaml': 'name: two\nsteps:\n  - name: first\n    do: sya\n  - name: second\n    do: say\n',
    },
  });
  t.equal(exitCode, 3);
  t.same(said, []);
  t.match(lines, [
    /^SCRIPT invalid .*sdb1\/assay\/script\.yaml, line 4: .*sya/,
    /^SCRIPT invalid .*sdb1\/assay\/script\.yaml, line [56]: .*text/,
  ]);
});

t.test('a failure is told with its words, ends the row, and gives the prompt', async (t) => {
  const { exitCode, lines, said, ends } = await session(t, {
    medium: { 'script.yaml': 'name: one\nend: restart\nsteps:\n  - { name: first, do: fail }\n' },
    stick: { 'assay/script.yaml': script('two', 'again') },
  });
  t.equal(exitCode, 4);
  t.same([said, ends], [[], []]);
  t.match(lines.slice(2), ['STEP failed first no\ngood', 'SCRIPT failed one no\ngood']);
});

t.test('the last script that ran says what becomes of the machine', async (t) => {
  const restart = script('one', 'hello', 'end: restart\n');
  t.same((await session(t, { medium: { 'script.yaml': restart } })).ends, ['restart']);
  const failing = 'name: one\nonFailure: shut-down\nsteps:\n  - { name: first, do: fail }\n';
  t.same((await session(t, { medium: { 'script.yaml': failing } })).ends, ['shut-down']);
  const stick = { 'assay/script.yaml': script('two', 'again') };
  const both = await session(t, { medium: { 'script.yaml': restart }, stick });
  t.same([both.ends, both.exitCode], [[], 0]);
  const refused = await session(t, { medium: { 'script.yaml': restart }, refuseEnd: true });
  t.equal(refused.exitCode, 4);
  t.equal(refused.lines.at(-1), 'SESSION cannot restart: init does not listen');
});

t.test('medium.yaml says where scripts are', async (t) => {
  const medium = {
    'script.yaml': script('one', 'hello'),
    'medium.yaml': 'scripts: [medium]\n',
  };
  const stick = { 'assay/script.yaml': script('two', 'again') };
  const { said, programs } = await session(t, { medium, stick });
  t.same(said, ['hello']);
  t.same(programs, [], 'nothing was mounted');
  const none = await session(t, { medium: { ...medium, 'medium.yaml': 'scripts: none\n' }, stick });
  t.equal(none.exitCode, 10);
});

t.test('the kernel’s arguments turn all off, or add a server', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end(script('far', 'from-afar')));
  const medium = { 'script.yaml': script('one', 'hello') };
  const address = `assay.script=${server}/s.yaml`;
  t.same((await session(t, { medium, commandLine: address })).said, ['hello', 'from-afar']);
  const off = await session(t, { medium, commandLine: `${address} assay.scripts=none` });
  t.same([off.exitCode, off.said], [10, []]);
});

t.test('without an address the network is started first', async (t) => {
  const server = await serveHttp(t, (_, response) => response.end(script('far', 'from-afar')));
  const medium = { 'medium.yaml': `scripts: ['${server}/s.yaml']\n` };
  const { said, programs } = await session(t, { medium, hasNetwork: false });
  t.same(said, ['from-afar']);
  t.match(programs, ['ip link set eth0 up', /^udhcpc .*-i eth0 /, /^ip .*show dev eth0/]);
});

t.test(
  'a script that a server does not give keeps the others from running, and its password is not told',
  async (t) => {
    let asked = 0;
    const server = await serveHttp(t, (_, response) => {
      asked += 1;
      response.writeHead(503).end();
    });
    const commandLine = `assay.script=${server.replace('//', '//me:secret@')}/s.yaml`;
    const { exitCode, said, lines } = await session(t, {
      medium: { 'script.yaml': script('one', 'hello') },
      commandLine,
    });
    t.same([exitCode, said, asked], [3, [], 3]);
    t.match(lines, [/^SESSION failed SCRIPT_FETCH_FAILED: .*\/s\.yaml\n.*HTTP 503/]);
    t.notMatch(lines.join('\n'), 'secret');
  },
);

t.test('a wrong configuration is named with its lines, and nothing runs', async (t) => {
  const good = script('one', 'hello');
  for (const [text, problem] of [
    ['# mine\nscript: none\n', /line 2, script: unknown key, did you mean "scripts"/],
    ['scripts: [medium, ftp://x]\n', /line 1, scripts/],
    ['scripts: [medium\n', /line \d/],
  ] as const) {
    const { exitCode, said, lines } = await session(t, {
      medium: { 'script.yaml': good, 'medium.yaml': text },
    });
    t.same([exitCode, said], [3, []], text);
    t.match(lines, [/^SESSION failed SCRIPT_MEDIUM_INVALID: /]);
    t.match(lines[0], problem);
  }
  for (const commandLine of ['assay.script=me.yaml', 'assay.scripts=some']) {
    const { exitCode, lines } = await session(t, { medium: { 'script.yaml': good }, commandLine });
    t.equal(exitCode, 3);
    t.match(lines[0], commandLine);
  }
  t.same((await session(t, { medium: { 'script.yaml': good, 'medium.yaml': '# nothing\n' } })).said, [
    'hello',
  ]);
});

t.test('the agent begins after scripts that have ended well, or when there are none', async (t) => {
  const agent = { 'medium.yaml': 'agent: { key: agent.key }\n' };
  const well = { 'script.yaml': script('one', 'hello') };
  const badly = { 'script.yaml': 'name: one\nsteps:\n  - { name: first, do: fail }\n' };
  const leaves = { 'script.yaml': script('one', 'hello', 'end: restart\n') };
  const wrong = { 'script.yaml': 'name: one\n' };
  const agents = async (options: SessionOptions) => (await session(t, options)).agents;
  t.equal(await agents({ medium: agent }), 1);
  t.equal(await agents({ medium: { ...agent, ...well } }), 1);
  t.equal(await agents({ medium: { ...agent, ...badly } }), 0);
  t.equal(await agents({ medium: { ...agent, ...leaves } }), 0);
  t.equal(await agents({ medium: { ...agent, ...wrong } }), 0);
  t.equal(await agents({ medium: well }), 0, 'nobody has asked for it');
  t.equal(await agents({ medium: well, commandLine: 'assay.agent' }), 1);
  t.equal(await agents({ medium: agent, commandLine: 'assay.agent=none' }), 0);
  t.equal(await agents({ medium: { 'medium.yaml': 'scripts: none\nagent: {}\n', ...badly } }), 1);
});

t.test('what is wrong about the agent is named', async (t) => {
  for (const [text, problem] of [
    ['agent: { keys: agent.key }\n', /line 1, agent\.keys: unknown key, did you mean "key"/],
    ['agent:\n  port: 0\n', /line 2, agent\.port/],
    ['agent: yes\n', /agent/],
  ] as const) {
    const { exitCode, agents, lines } = await session(t, { medium: { 'medium.yaml': text } });
    t.same([exitCode, agents], [3, 0], text);
    t.match(lines[0], /^SESSION failed SCRIPT_MEDIUM_INVALID: /);
    t.match(lines[0], problem);
  }
  const { lines } = await session(t, { commandLine: 'assay.agent=7946' });
  t.match(lines[0], /assay\.agent=7946/);
});
