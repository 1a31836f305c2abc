import t from 'tap';
import { readExploreWords } from '../rerun/read-explore-words.ts';
import { readReproduceCommand } from '../rerun/read-reproduce-command.ts';
import { explore } from './commands/explore.ts';
import { exploreOptions } from './explore-options.ts';
import { runningOptions } from './run-selected.ts';
import { selectionOptions } from './selection-options.ts';

t.test('rerun knows every option that an exploration may repeat', async (t) => {
  const shared = new Set(Object.keys({ ...selectionOptions, ...runningOptions }));
  const own = Object.entries(explore.options).filter(
    ([name, { hidden }]) => !shared.has(name) && hidden !== true,
  );
  t.ok(own.length > 10);
  for (const [name, { type }] of own) {
    const value = type === 'boolean' ? '' : ' v';
    const { explore: told } = readReproduceCommand(`assay explore x --${name}${value} --seed 1`);
    t.ok(told && name in told, name);
  }
});

t.test('an exploration without forks has none again', (t) => {
  const { explore } = readExploreWords(['unit-in-the-field', '--no-forks']);
  t.same(exploreOptions(explore).forks, false);
  t.same(exploreOptions(readExploreWords(['unit-in-the-field']).explore).forks, true);
  t.end();
});
