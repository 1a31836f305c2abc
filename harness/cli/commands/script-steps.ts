import { recoverySteps, type StepDescription } from '../../../core/factory/index.ts';
import { exitCodes } from '../../exit-code.ts';
import type { Command } from '../command.ts';
import { flag } from '../option-values.ts';

/** `assay script steps`: what the steps of a script can do. */
export const scriptSteps: Command = {
  usage: 'steps',
  summary: 'list the kinds of steps with their options',
  options: {},
  examples: [
    ['assay script steps', 'every kind, and what may stand under its `with`'],
    ['assay script steps --json', 'the same for a script'],
  ],
  async run(words) {
    const steps = recoverySteps();
    process.stdout.write(
      flag(words, 'json') ? `${JSON.stringify({ steps }, undefined, 2)}\n` : steps.map(asLines).join('\n'),
    );
    return exitCodes.passed;
  },
};

function asLines({ name, summary, options }: StepDescription): string {
  const lines = options.map(({ name: option, required, form, description }) => {
    const about = description === undefined ? '' : `: ${description}`;
    return `  ${option} (${form}${required ? ', required' : ''})${about}`;
  });
  return [`${name}: ${summary}`, ...lines, ''].join('\n');
}
