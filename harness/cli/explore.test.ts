import t from 'tap';
import { makePlace } from '../../tests/command-line.ts';

const one = `scenario('disks-agree', { summary: 'about disks', needs: { machines: 0 } }, () => {});`;

t.test('wrong use of explore ends with 2, and says what is meant', async (t) => {
  await using place = await makePlace({ 'one.ts': one });
  const cases: [words: string[], says: RegExp][] = [
    [[], /without a scenario[\s\S]*HARNESS_USAGE/],
    [['disks-agree', '--state', '12'], /--recording beside it/],
    [['disks-agree', '--recording', 'x', '--state', '12:gone=3'], /EXPLORER_STATE_INVALID/],
    [['disks-agree', '--span', 'a step'], /read --span/],
    [['disks-agree', '--span', '/a step/', '--to', 'power-on:2'], /neither --from nor --to/],
    [['disks-agree', '--from', 'write:3@system'], /read --from/],
    [['disks-agree', '--from', 'noon'], /DRILLS_PLAN_INVALID/],
    [['disks-agree', '--budget', '10 apples'], /read --budget/],
  ];
  for (const [words, says] of cases) {
    const { exitCode, stderr } = await place.assay(['explore', ...words]);
    t.equal(exitCode, 2, `assay explore ${words.join(' ')}`);
    t.match(stderr, says);
  }
});

t.test('a scenario without a machine is errored, and says nothing of the product', async (t) => {
  await using place = await makePlace({ 'one.ts': one });
  const words = ['explore', 'disks-agree', '--budget', '1m', '--no-forks', '--json', '--seed', 'seven'];
  const { exitCode, stdout } = await place.assay(words);
  t.equal(exitCode, 3);
  const report = JSON.parse(stdout);
  t.match(report, {
    scenarios: [
      {
        name: 'disks-agree--explored',
        outcome: 'errored',
        error: { code: 'EXPLORER_NO_SUBJECT' },
        reproduce: /^assay explore disks-agree --budget 1m --no-forks --seed seven/,
      },
    ],
    explored: {},
  });
});
