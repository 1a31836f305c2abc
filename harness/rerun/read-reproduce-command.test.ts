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
    ...{ command: 'run', name: 'unit-starts', faults: [], axes: {} },
    ...circumstances,
  });
  const faults = ["power-cut at console:/it's (a|b) \\d+/", 'disk-slow machine=alpha at power-on'];
  const command = [
    'drill',
    'unit-starts',
    ...faults.flatMap((text) => ['--fault', text]),
    '--well-within',
    '90s',
    ...['--controller', 'ahci', '--layout', "it's mine.yaml"],
  ];
  t.same(
    readReproduceCommand(
      reproduceCommand({ name: 'unit-starts--x', command }, { seed: 'a', timeoutScale: 1 }),
    ),
    {
      ...{ command: 'drill', name: 'unit-starts', faults, wellWithin: '90s' },
      axes: { controller: 'ahci', layout: "it's mine.yaml" },
      ...{ seed: 'a', timeoutScale: 1, scenarioPaths: [] },
    },
  );
});

t.test('an exploration keeps its options, a drill its rightful end', async (t) => {
  const told = ['--disk', 'data', '--budget', '5m', '--tear-everywhere', '--no-forks'];
  const states = ['--recording', "it's here", '--state', '12', '--state', '120:lost=113,115-117'];
  const command = ['explore', 'unit-starts', ...told, ...states];
  const circumstances = { seed: 'a', timeoutScale: 3, virtualTime: true, scenarioPaths: ['my scenarios'] };
  t.same(readReproduceCommand(reproduceCommand({ name: 'unit-starts--explored', command }, circumstances)), {
    ...{ command: 'explore', name: 'unit-starts', faults: [], axes: {}, ...circumstances },
    explore: {
      ...{ disk: 'data', budget: '5m', 'tear-everywhere': true, forks: false },
      ...{ recording: "it's here", state: ['12', '120:lost=113,115-117'] },
    },
  });
  const ends = 'refused:/no (valid )?licence/i';
  const drilled = ['drill', 'unit-starts', '--fault', 'licence-damaged at power-on', '--ends', ends];
  t.match(readReproduceCommand(reproduceCommand({ name: 'x', command: drilled }, circumstances)), { ends });
});

t.test('what is another command, or a part of one, is refused', async (t) => {
  const others = [
    '',
    'npm run liars -- x --seed 1',
    'assay explore x',
    'assay explore --seed 1',
    'assay explore x --seed 1 --frobnicate',
    'assay run --seed 1',
    'assay run a b --seed 1',
    'assay run a',
    'assay run a --seed 1 --frobnicate',
    "assay drill a --fault 'power-cut … 812 characters left out",
    'assay drill a --fault x --controller floppy --seed 1',
  ];
  for (const text of others) {
    t.throws(() => readReproduceCommand(text), { code: 'HARNESS_NOT_RERUNNABLE' }, JSON.stringify(text));
  }
  const validation = 'assay validate nas.img --profile nas.yaml --seed 1';
  t.throws(() => readReproduceCommand(validation), {
    code: 'HARNESS_NOT_RERUNNABLE',
    facts: { got: validation, remedy: `run it as the report prints it: ${validation}` },
  });
});
