import type { LoadedScenario } from '../../load-scenarios.ts';
import type { Command } from '../command.ts';
import { flag } from '../option-values.ts';
import { selectedScenarios, selectionOptions } from '../selection-options.ts';

/** `assay list`: the scenarios, by the same filters as `assay run`. */
export const list: Command = {
  usage: 'list [names..]',
  summary: 'list the scenarios',
  options: selectionOptions,
  examples: [
    ['assay list', 'every scenario with its summary'],
    ["assay list 'damaged-*' --json", 'those whose names begin so, for a script'],
  ],
  async run(words) {
    const selected = await selectedScenarios(words);
    const print = flag(words, 'json') ? asJson : asLines;
    process.stdout.write(`${print(selected)}\n`);
    return 0;
  },
};

function asLines(selected: readonly LoadedScenario[]): string {
  const width = Math.max(...selected.map(({ scenario }) => scenario.name.length));
  return selected
    .map(({ scenario }) => {
      const tags = scenario.tags.map((tag) => ` #${tag}`).join('');
      return `${scenario.name.padEnd(width)}  ${scenario.summary}${tags}`;
    })
    .join('\n');
}

function asJson(selected: readonly LoadedScenario[]): string {
  const scenarios = selected.map(({ file, scenario: { body: _, ...declared } }) => ({ ...declared, file }));
  return JSON.stringify({ scenarios }, undefined, 2);
}
