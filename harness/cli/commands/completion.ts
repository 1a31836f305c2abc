import { readFile } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import { harnessErrors } from '../../errors.ts';
import { loadScenarios } from '../../load-scenarios.ts';
import { findConsoles } from '../../running-consoles.ts';
import type { Command } from '../command.ts';
import { type Candidate, candidates, type GivenOptions } from '../completion/candidates.ts';
import { flag, texts } from '../option-values.ts';

const shells = ['bash', 'zsh', 'fish'];

/**
 * `assay completion`: what makes a shell complete commands, options and the names of scenarios and machines.
 *
 * @param commands All commands, this one among them; asked for when it runs.
 */
export function completion(commands: () => readonly Command[]): Command {
  return {
    usage: 'completion <shell> [words..]',
    summary: 'print the script that completes assay in bash, zsh or fish',
    options: {},
    examples: [
      ['source <(assay completion bash)', 'for this shell; with zsh likewise'],
      ['assay completion fish | source', 'the same in fish'],
      [
        'assay completion bash > ~/.local/share/bash-completion/completions/assay',
        'for every bash from now on',
      ],
      ["assay completion bash -- run --tag ''", 'what the script asks: what could come next'],
    ],
    async run(words) {
      const shell = knownShell(String(words.shell));
      const typed = texts(words, 'words');
      const json = flag(words, 'json');
      if (typed.length === 0) {
        const script = await readFile(new URL(`../completion/assay.${shell}`, import.meta.url), 'utf8');
        process.stdout.write(json ? `${JSON.stringify({ shell, script })}\n` : script);
        return 0;
      }
      const found = await candidates(typed, commands(), namesOf);
      process.stdout.write(json ? `${JSON.stringify({ candidates: found })}\n` : asLines(found));
      return 0;
    },
  };
}

function knownShell(shell: string): string {
  if (shells.includes(shell)) return shell;
  throw harnessErrors.HARNESS_USAGE({
    tried: `complete in ${shell}`,
    expected: shells.join(', '),
    remedy: `did you mean ${closest(shell, shells)}?`,
  });
}

/** One candidate a line; what a shell reads must not have line feeds or tabs of its own. */
function asLines(found: readonly Candidate[]): string {
  return found
    .map(({ word, description }) => `${word}\t${description.replace(/\s+/g, ' ').trim()}\n`)
    .join('');
}

async function namesOf(positional: string, given: GivenOptions): Promise<Candidate[]> {
  switch (positional) {
    case 'names':
      return scenarioNames(given.scenarios ?? []);
    case 'machine':
      return (await findConsoles()).map(({ name, machine }) => ({ word: name, description: machine }));
    case 'shell':
      return shells.map((word) => ({ word, description: 'a shell' }));
    default:
      return [];
  }
}

/** A folder without scenarios, or a file that cannot be loaded, has no names: a shell is no place for errors. */
async function scenarioNames(paths: readonly string[]): Promise<Candidate[]> {
  const loaded = await loadScenarios(paths.length === 0 ? undefined : paths).catch(() => []);
  return loaded.map(({ scenario: { name, summary } }) => ({ word: name, description: summary }));
}
