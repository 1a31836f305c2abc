import type { LoadedScenario } from '../../load-scenarios.ts';
import type { Command } from '../command.ts';
import { flag } from '../option-values.ts';
import { chooseScenarios, type ScenarioChoice, selectionOptions } from '../selection-options.ts';

/** `assay list`: the scenarios, by the same filters as `assay run`. */
export const list: Command = {
  usage: 'list [names..]',
  summary: 'list the scenarios',
  options: selectionOptions,
  examples: [
    ['assay list', 'every scenario with its summary'],
    ["assay list 'damaged-*' --json", 'those whose names begin so, for a script'],
    ['assay list --shard 2/3', 'what the second of three hosts would run'],
    ['assay list --last-failed', 'what did not pass in the last run'],
  ],
  async run(words) {
    const choice = await chooseScenarios(words);
    if (flag(words, 'json')) {
      process.stdout.write(`${asJson(choice)}\n`);
    } else {
      for (const note of choice.notes) process.stderr.write(`${note}\n`);
      process.stdout.write(asLines(choice.selected));
    }
    return 0;
  },
};

function asLines(selected: readonly LoadedScenario[]): string {
  const width = Math.max(...selected.map(({ scenario }) => scenario.name.length));
  return selected
    .map(({ scenario }) => {
      const tags = scenario.tags.map((tag) => ` #${tag}`).join('');
      return `${scenario.name.padEnd(width)}  ${scenario.summary}${tags}\n`;
    })
    .join('');
}

function asJson({ selected, shard, notes, lastRunId }: ScenarioChoice): string {
  const scenarios = selected.map(({ file, scenario: { body: _, ...declared } }) => ({ ...declared, file }));
  return JSON.stringify({ scenarios, shard, lastRunId, notes }, undefined, 2);
}
