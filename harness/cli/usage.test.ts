import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makePlace } from '../../tests/command-line.ts';

const two = `
scenario('disks-agree', { summary: 'about disks', needs: { machines: 0 } }, () => {});
scenario('clocks-agree', { summary: 'about clocks', needs: { machines: 0 } }, () => {});
`;

t.test('wrong use ends with 2, and says what is meant', async (t) => {
  await using place = await makePlace({ 'two.ts': two });
  const cases: [words: string[], says: RegExp][] = [
    [[], /which command/],
    [['rnu'], /run/],
    [['run', '--jbos', '2'], /did you mean --jobs/],
    [['run', 'disk-agree'], /did you mean disks-agree[\s\S]*HARNESS_NAME_UNKNOWN/],
    [['run', '--', 'disk-agree'], /did you mean disks-agree/],
    [['doctor', '--', 'disk-agree'], /takes no names/],
    [['doctor', 'disk-agree'], /disk-agree/],
    [['run', 'zzzzzzzzzzzzzzzz'], /HARNESS_NAME_UNKNOWN/],
    [['run', 'disks-agree', '--tag', 'none'], /HARNESS_NOTHING_SELECTED/],
    [['run', '--grep', '('], /Invalid regular expression[\s\S]*HARNESS_USAGE/],
    [['run', '--jobs', '0'], /whole number/],
    [['run', '--jobs', 'many'], /whole number/],
    [['run', '--timeout-scale', '0'], /above zero/],
    [['run', '--timeout-scale'], /Not enough arguments/],
    [['run', '--accelerator', 'warp'], /accelerator/],
    [['run', '--scenarios', 'nowhere'], /HARNESS_SCENARIOS_NOT_FOUND/],
    [['build', 'no-such-recipe'], /IMAGES_RECIPE_UNKNOWN/],
  ];
  for (const [words, says] of cases) {
    const { exitCode, stderr, stdout } = await place.assay(words);
    t.equal(exitCode, 2, `assay ${words.join(' ')}`);
    t.match(stderr, says);
    t.match(stderr, /remedy: {3}\S/);
    t.notMatch(stderr, /\n {4}at /, 'no stack');
    t.equal(stdout, '');
  }
});

t.test('an error as JSON, and with its stack', async (t) => {
  await using place = await makePlace({ 'two.ts': two });
  const { exitCode, stdout } = await place.assay(['run', 'disk-agree', '--json']);
  t.equal(exitCode, 2);
  t.match(JSON.parse(stdout), {
    error: { code: 'HARNESS_NAME_UNKNOWN', blame: 'usage', remedy: /disks-agree/ },
  });
  const debug = await place.assay(['run', 'disk-agree'], { ASSAY_DEBUG: '1' });
  t.match(debug.stderr, /\n {4}at /);
});

t.test('--help shows every command with examples', async (t) => {
  await using place = await makePlace();
  const { exitCode, stdout } = await place.assay(['--help']);
  t.equal(exitCode, 0);
  const commands = [...stdout.matchAll(/^ {2}assay (\w+)/gm)].map((match) => match[1]!);
  t.ok(commands.length >= 5);
  for (const command of commands) {
    const help = await place.assay([command, '--help']);
    t.equal(help.exitCode, 0);
    t.match(help.stdout, 'Examples:', command);
    t.match(help.stdout, '--json', command);
  }
});

t.test('scenario files that are wrong are named', async (t) => {
  const broken = 'throw new Error("broken at load");';
  const twins = `scenario('twin', { summary: 's' }, () => {}); scenario('twin', { summary: 's' }, () => {});`;
  const badName = `scenario('Bad Name', { summary: 's' }, () => {});`;
  const badOption = `scenario('a', { summary: 's', timoutMs: 5 }, () => {});`;
  const cases: [body: string, says: RegExp][] = [
    [broken, /where: .*scenarios\/a\.ts:4\n[\s\S]*broken at load[\s\S]*HARNESS_SCENARIO_FILE_FAILED/],
    ['const a: = 3;', /where: .*scenarios\/a\.ts:4\n[\s\S]*HARNESS_SCENARIO_FILE_FAILED/],
    [twins, /twin[\s\S]*where: {4}scenarios\/a\.ts[\s\S]*HARNESS_SCENARIO_INVALID/],
    [badName, /Bad Name/],
    [badOption, /did you mean "timeoutMs"/],
    ['', /HARNESS_SCENARIOS_NOT_FOUND/],
  ];
  for (const [body, says] of cases) {
    await using place = await makePlace({ 'a.ts': body });
    const { exitCode, stderr } = await place.assay(['list']);
    t.equal(exitCode, 2);
    t.match(stderr, says);
  }
});

t.test('a reader that goes away does not disturb a run', async (t) => {
  await using place = await makePlace({ 'two.ts': two });
  const { child, ended } = place.start(['run', '--plain']);
  child.stdout!.destroy();
  const { exitCode, stderr } = await ended;
  t.equal(exitCode, 0);
  t.equal(stderr, '');
  t.match(await place.readRun('summary.json'), { counts: { passed: 2 } });
});

t.test(
  'a runtime folder that others can enter is not used',
  { skip: process.getuid!() !== 0 && 'needs root' },
  async (t) => {
    await using place = await makePlace({ 'two.ts': two });
    const own = join(place.sessionFolder, 'assay');
    await mkdir(own);
    await chmod(own, 0o777);
    const { findings } = JSON.parse((await place.assay(['doctor', '--accelerator', 'tcg', '--json'])).stdout);
    const sockets = findings.find(({ what }: { what: string }) => what === 'folder for sockets');
    t.not(sockets.detail, own, 'the one in /tmp is taken instead');
    await rm(own, { recursive: true });
    await symlink(place.folder, own);
    const linked = JSON.parse((await place.assay(['doctor', '--accelerator', 'tcg', '--json'])).stdout);
    t.not(linked.findings.find(({ what }: { what: string }) => what === 'folder for sockets').detail, own);
  },
);
