import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makePlace, type Place } from '../../tests/command-line.ts';

/** Scenarios without machines: each drill comes to the outcome that there is no subject; every one takes its time. */
const scenarios = {
  'field.ts': `
scenario('field', { summary: 's', needs: { machines: 0 } }, async () => {
  await new Promise((over) => setTimeout(over, 1500));
});
scenario('wrong', { summary: 's', needs: { machines: 0 } }, (bench) => bench.check('one is two', 1, 2));
scenario('hasty', { summary: 's', needs: { machines: 0 } }, () => undefined);
`,
};

const matrix = `
drills:
  - scenarios: [field]
    moments: [power-on:2, power-on:3, power-on:4]
    faults: [bits-flipped]
  - scenarios: [hasty]
    moments: [power-on:2, 'time:3s']
    faults: [bits-flipped]
`;

async function place(t: Test, text = matrix): Promise<Place> {
  const made = await makePlace(scenarios);
  t.teardown(() => made[Symbol.asyncDispose]());
  await writeFile(join(made.folder, 'scenarios/drills.yaml'), text);
  return made;
}

interface Report {
  runId: string;
  seed: string;
  counts: Record<string, number>;
  campaign: { planDigest: string; drills: number; leftOut: number; resumes?: string };
  drills: { planned: number; begun: number };
  scenarios: { name: string; outcome: string; neverStarted?: boolean; reason?: string }[];
}

const reportOf = (stdout: string) => JSON.parse(stdout) as Report;

t.test('when the budget is over nothing is begun, and a later run goes on where it ended', async (t) => {
  const { assay } = await place(t);
  const budget = ['drill', '--matrix', '--budget', '700ms', '--jobs', '1', '--json'];
  const first = reportOf((await assay([...budget, '--seed', 'seven', 'field'])).stdout);
  t.match(first.campaign, { drills: 4, leftOut: 1 }, 'of the whole matrix');
  t.strictSame(
    first.scenarios.map(({ outcome }) => outcome),
    ['errored', 'skipped', 'skipped'],
  );
  t.match(first.scenarios[1], { neverStarted: true, reason: /time budget was over/ });
  t.match(first.drills, { planned: 3, begun: 1 });

  const second = reportOf((await assay([...budget, '--resume', 'latest'])).stdout);
  t.equal(second.seed, 'seven');
  t.equal(second.campaign.resumes, first.runId);
  t.strictSame(
    second.scenarios.map(({ name }) => name),
    first.scenarios.slice(1).map(({ name }) => name),
    'in the same order',
  );
  t.strictSame(
    second.scenarios.map(({ outcome }) => outcome),
    ['errored', 'skipped'],
  );
  const last = await assay(['drill', '--matrix', '--resume', 'latest', '--plain', '--jobs', '1']);
  t.match(
    last.stdout,
    /1 drill was begun; the matrix scenarios\/drills\.yaml has 4;.*this run goes on with run/,
  );
  t.notMatch(last.stdout, /go on with/);
  const nothing = await assay(['drill', '--matrix', '--resume', 'latest']);
  t.equal(nothing.exitCode, 0);
  t.match(nothing.stderr, /nothing to run: 0 of 4 drills/);
});

t.test('a run that was killed goes on, too', async (t) => {
  const { start, assay, folder } = await place(t);
  const { child, ended, shows } = start([
    'drill',
    '--matrix',
    'scenarios/drills.yaml',
    'field',
    '--plain',
    '--jobs',
    '1',
  ]);
  // The first drill has ended then; the second is under way, or about to begin.
  await shows('ERRORED after');
  child.kill('SIGKILL');
  await ended;
  const resumed = reportOf(
    (await assay(['drill', '--matrix', '--resume', 'latest', '--json', '--jobs', '2'])).stdout,
  );
  t.equal(resumed.scenarios.length, 2, `in ${folder}`);
  t.match(resumed.counts, { errored: 2, skipped: 0 });
});

t.test('a failure in quarantine is told and does not fail the campaign', async (t) => {
  const wrong = 'drills: [{ scenarios: [wrong], moments: [power-on:2], faults: [bits-flipped] }]\n';
  const words = ['drill', '--matrix', '--plain', '--jobs', '1'];
  const plain = await (await place(t, wrong)).assay(words);
  t.equal(plain.exitCode, 1);
  const entry = "quarantine: [{ drill: 'wrong--*', owner: smith, reason: ticket 7, expires: 2999-12-31 }]\n";
  const { stdout, exitCode } = await (await place(t, `${wrong}${entry}`)).assay(words);
  t.match(stdout, /wrong: in quarantine until 2999-12-31, does not fail the run: ticket 7 \(smith\)/);
  t.match(stdout, /0 passed, 1 failed/, 'it is counted');
  t.equal(exitCode, 3, 'it has shown nothing, but nothing failed');
});

t.test('what does not belong together is refused', async (t) => {
  const { assay } = await place(t);
  const refusals: [words: string[], message: RegExp][] = [
    [['--matrix', '--fault', 'bits-flipped'], /--fault with --matrix/],
    [['--matrix', '--controller', 'ahci'], /--controller with --matrix/],
    [['--matrix', '--last-failed'], /--last-failed with --matrix/],
    [['--matrix', '--budget', 'soon'], /read --budget/],
    [['--matrix', 'no-such.yaml'], /read no-such\.yaml[\s\S]*DRILLS_MATRIX_INVALID/],
    [['--resume', 'latest'], /--resume without --matrix/],
  ];
  for (const [words, message] of refusals) {
    const { stderr, exitCode } = await assay(['drill', ...words]);
    t.equal(exitCode, 2, words.join(' '));
    t.match(stderr, message);
  }
  const { exitCode } = await assay(['drill', '--matrix', '--seed', 'seven', 'hasty', '--json']);
  t.equal(exitCode, 3);
  const other = await assay(['drill', '--matrix', '--resume', 'latest', '--seed', 'eight']);
  t.equal(other.exitCode, 2);
  t.match(other.stderr, /DRILLS_RESUME_OTHER/);
});

t.test('a drill says its controller and layout, and is an error where nothing takes them', async (t) => {
  const { assay } = await place(t);
  const words = ['drill', 'hasty', '--fault', 'bits-flipped', '--controller', 'nvme', '--layout', 'headless'];
  const { stdout, exitCode } = await assay([...words, '--no-checkpoints', '--json']);
  t.equal(exitCode, 3);
  t.match(JSON.parse(stdout).scenarios, [
    {
      name: /^hasty--bits-flipped-nvme-headless-[0-9a-f]{8}$/,
      drill: { controller: 'nvme', layout: 'headless' },
      reproduce:
        /^assay drill hasty --fault 'bits-flipped at power-on:2' --controller nvme --layout headless --seed/,
      error: { code: 'DRILLS_NOT_APPLICABLE' },
    },
  ]);
  const rerun = await assay(['rerun', 'latest', '--json']);
  t.match(JSON.parse(rerun.stdout).scenarios, [{ drill: { controller: 'nvme', layout: 'headless' } }]);
  for (const [option, value] of [
    ['--controller', 'sata'],
    ['--layout', 'headles'],
  ] as const) {
    const { exitCode, stderr } = await assay(['drill', 'hasty', '--fault', 'bits-flipped', option, value]);
    t.equal(exitCode, 2, value);
    t.match(stderr, new RegExp(`${value}|headless`));
  }
});
