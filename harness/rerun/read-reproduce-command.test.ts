import t from 'tap';
import { reproduceCommand } from '../reproduce-command.ts';
import { readReproduceCommand } from './read-reproduce-command.ts';

t.test('what is printed is read as it was meant, whatever is in it', async (t) => {
  const circumstances = {
    seed: "it's a 'seed'",
    timeoutScale: 2.5,
    scenarioPaths: ['my scenarios', 'b\'c/"d".ts', '$HOME'],
  };
  t.same(readReproduceCommand(reproduceCommand({ name: 'unit-starts' }, circumstances)), {
    ...{ command: 'run', name: 'unit-starts', faults: [] },
    ...circumstances,
  });
  const faults = ["power-cut at console:/it's (a|b) \\d+/", 'disk-slow machine=alpha at power-on'];
  const command = [
    'drill',
    'unit-starts',
    ...faults.flatMap((text) => ['--fault', text]),
    '--well-within',
    '90s',
  ];
  t.same(
    readReproduceCommand(
      reproduceCommand({ name: 'unit-starts--x', command }, { seed: 'a', timeoutScale: 1 }),
    ),
    {
      ...{ command: 'drill', name: 'unit-starts', faults, wellWithin: '90s' },
      ...{ seed: 'a', timeoutScale: 1, scenarioPaths: [] },
    },
  );
});

t.test('what is another command, or a part of one, is refused', async (t) => {
  const others = [
    '',
    'npm run liars -- x --seed 1',
    'assay explore x --seed 1',
    'assay run --seed 1',
    'assay run a b --seed 1',
    'assay run a',
    'assay run a --seed 1 --frobnicate',
    "assay drill a --fault 'power-cut … 812 characters left out",
  ];
  for (const text of others) {
    t.throws(() => readReproduceCommand(text), { code: 'HARNESS_NOT_RERUNNABLE' }, JSON.stringify(text));
  }
});
