import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from 'yargs';
import type { Command } from '../../../harness/cli/command.ts';
import { commands } from '../../../harness/cli/command-line.ts';

/** Writes a page for each command from its own definition, the one that --help prints, and a list of them. */
export async function generateCommands(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const command of commands) await writeFile(join(folder, `${nameOf(command)}.md`), page(command));
  await writeFile(join(folder, 'index.md'), list());
}

const common = {
  json: { type: 'boolean', describe: 'print JSON, for machines' },
  help: { type: 'boolean', describe: 'show the options, with examples' },
} as const satisfies Record<string, Options>;

function list(): string {
  const rows = commands.map((command) => [
    `[\`assay ${command.usage}\`](./${nameOf(command)}.md)`,
    asText(command.summary),
  ]);
  return [
    '# Commands',
    'Made from the definitions of the commands themselves. [The command line](../cli.md) tells how they work together: a run and its folder, interruption, exit codes.',
    table(['command', 'what it does'], rows),
  ].join('\n\n');
}

function page(command: Command): string {
  const title = `assay ${nameOf(command)}`;
  const { subcommands } = command;
  const parts = [`# ${title}`, asText(sentence(command.summary))];
  if (subcommands === undefined) parts.push(...description(command, 'assay', '##'));
  for (const subcommand of subcommands ?? []) {
    parts.push(`## ${title} ${nameOf(subcommand)}`, asText(sentence(subcommand.summary)));
    parts.push(...description(subcommand, title, '###'));
  }
  parts.push('Exit codes and what belongs to no single command: [the command line](../cli.md).');
  return `${parts.join('\n\n')}\n`;
}

/** How a command is called, its options and its examples, under headings of the level that is given. */
function description(command: Command, calledAs: string, level: string): string[] {
  const options = Object.entries<Options>({ ...command.options, ...common });
  const rows = options.filter(([, option]) => option.hidden !== true).map(optionRow);
  const examples = command.examples.map(([line, effect]) => `# ${effect}\n${line}`).join('\n\n');
  return [
    `\`\`\`sh\n${calledAs} ${command.usage}\n\`\`\``,
    `${level} Options`,
    table(['option', 'meaning'], rows),
    ...(examples === '' ? [] : [`${level} Examples`, `\`\`\`sh\n${examples}\n\`\`\``]),
  ];
}

function optionRow([name, option]: [string, Options]): string[] {
  const takesValue = option.type !== 'boolean' && option.type !== 'count';
  const names = [name, ...[option.alias ?? []].flat()].map((each) => `--${each}`).join(', ');
  const choices = option.choices?.map((choice) => `\`${choice}\``).join(', ');
  const words = [
    asText(sentence(option.describe ?? '')),
    choices === undefined ? '' : `One of ${choices}.`,
    option.demandOption ? 'Required.' : '',
    takesValue && option.default !== undefined ? `By default \`${option.default}\`.` : '',
  ];
  return [`\`${names}${takesValue ? ' VALUE' : ''}\``, words.filter((word) => word !== '').join(' ')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function nameOf({ usage }: Command): string {
  return usage.split(' ')[0]!;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Text as it is, where Markdown would read tags, emphasis or a link in it. */
function asText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[*_[\]{}`\\]/g, (char) => `&#${char.charCodeAt(0)};`);
}
