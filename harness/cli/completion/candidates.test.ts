import t from 'tap';
import { commands } from '../command-line.ts';
import { candidates, type GivenOptions } from './candidates.ts';

const names: Record<string, string[]> = {
  names: ['gateway-starts', 'gateway-stops'],
  shell: ['bash', 'zsh', 'fish'],
  machine: ['98bc8768/1/alpha'],
};

async function wordsAfter(...typed: string[]): Promise<string[]> {
  const namesOf = async (positional: string, given: GivenOptions) => {
    const found = given.scenarios === undefined ? names[positional] : given.scenarios;
    return (found ?? []).map((word) => ({ word, description: '' }));
  };
  const found = await candidates(typed, commands, namesOf);
  return found.map(({ word }) => word);
}

t.test('commands', async (t) => {
  t.same(await wordsAfter('co'), ['console', 'completion']);
  t.ok((await wordsAfter('')).includes('run'));
  t.ok((await wordsAfter()).includes('run'));
  t.same(await wordsAfter('nonsense', 'r'), []);
  t.ok((await wordsAfter('report', '')).includes('show'), 'commands of commands');
});

t.test('options and their values', async (t) => {
  t.same(await wordsAfter('--v'), ['--version']);
  t.same(await wordsAfter('run', '--keep', '--ke'), [], 'what is given once is not offered again');
  t.same(await wordsAfter('run', '--tag', 'quick', '--ta'), ['--tag'], 'what may be repeated is');
  t.same(await wordsAfter('run', '--accelerator', 't'), ['tcg']);
  t.same(await wordsAfter('run', '--seed', ''), [], 'a value of the user');
  t.ok((await wordsAfter('init', '--')).includes('--json'), 'every command has it');
});

t.test('names', async (t) => {
  t.same(await wordsAfter('run', 'gateway-st'), ['gateway-starts', 'gateway-stops']);
  t.same(await wordsAfter('list', 'gateway-starts', 'gateway-sto'), ['gateway-stops']);
  t.same(await wordsAfter('run', '--jobs', '2', 'gateway-sta'), ['gateway-starts']);
  t.same(await wordsAfter('run', '--scenarios', 'mine', 'm'), ['mine'], 'those of the folder that is named');
  t.same(await wordsAfter('run', '--scenarios=other', 'o'), ['other']);
  t.same(await wordsAfter('completion', 'z'), ['zsh']);
  t.same(await wordsAfter('console', ''), ['98bc8768/1/alpha']);
  t.same(await wordsAfter('console', '98bc8768/1/alpha', ''), [], 'it takes one');
});
