import { closest } from 'fastest-levenshtein';
import yargs, { type Argv } from 'yargs';
import { harnessErrors } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { ownVersion } from '../own-version.ts';
import type { Command, Words } from './command.ts';
import { build } from './commands/build.ts';
import { certificate } from './commands/certificate.ts';
import { clean } from './commands/clean.ts';
import { clone } from './commands/clone.ts';
import { completion } from './commands/completion.ts';
import { consoleCommand } from './commands/console.ts';
import { doctor } from './commands/doctor.ts';
import { drill } from './commands/drill.ts';
import { explore } from './commands/explore.ts';
import { init } from './commands/init.ts';
import { list } from './commands/list.ts';
import { replay } from './commands/replay.ts';
import { report } from './commands/report.ts';
import { rerun } from './commands/rerun.ts';
import { run } from './commands/run.ts';
import { script } from './commands/script.ts';
import { shell } from './commands/shell.ts';
import { validate } from './commands/validate.ts';
import { texts } from './option-values.ts';

/** In the order in which --help lists them. */
export const commands: readonly Command[] = [
  run,
  list,
  drill,
  explore,
  rerun,
  replay,
  shell,
  validate,
  certificate,
  build,
  clone,
  script,
  report,
  consoleCommand,
  doctor,
  clean,
  init,
  completion(() => commands),
];

/**
 * Runs one command line to its end (design, "Names on the command line").
 *
 * @returns the exit code.
 * @throws HARNESS_USAGE for what it cannot understand, and whatever the command throws.
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  // --help and --version print and leave it as it is.
  let exitCode: number = exitCodes.passed;
  const parser = yargs(words)
    .scriptName('assay')
    .usage('$0 COMMAND\n\nProves a golden master disk on emulated hardware before it is cloned.')
    .version(await ownVersion())
    .parserConfiguration({
      // `--tag a NAME`: an option takes one value, so that names can follow it. Names are never numbers.
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
    })
    .strict()
    .recommendCommands()
    .demandCommand(1, 'which command?')
    .epilogue(
      'Exit codes: 0 all passed, 1 the product failed, 2 used wrongly, 3 harness or host, 130 interrupted.',
    )
    .wrap(Math.min(100, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      throw usageError(words, message, error);
    });
  addCommands(parser, commands, async (command, argv) => {
    exitCode = await command.run(withWordsAfterDashes(command, argv));
  });
  await parser.parseAsync();
  return exitCode;
}

type RunCommand = (command: Command, argv: Words) => Promise<void>;

function addCommands(parser: Argv, added: readonly Command[], runCommand: RunCommand): void {
  for (const command of added) {
    const { usage, summary } = command;
    parser.command(usage, summary, addOptions(command, runCommand), async (argv) => {
      if (doesRun(command)) await runCommand(command, argv);
    });
  }
}

function addOptions(command: Command, runCommand: RunCommand) {
  return (argv: Argv) => {
    const { options, examples, subcommands } = command;
    // Where a command asks for a version, Assay's own is not meant.
    if ('version' in options) argv.version(false);
    // Those of `build` are not those of `build key`: what means nothing there is refused, and not in its help.
    for (const [name, option] of Object.entries(options)) {
      argv.option(name, subcommands === undefined ? option : { ...option, global: false });
    }
    argv.option('json', { type: 'boolean', describe: 'print JSON, for machines' });
    for (const [line, effect] of examples) argv.example(line, effect);
    if (subcommands === undefined) return argv;
    addCommands(argv, subcommands, runCommand);
    if (doesRun(command)) return argv;
    const names = subcommands.map(({ usage }) => usage.split(' ')[0]);
    return argv.demandCommand(1, `which of ${names.join(', ')}?`).recommendCommands();
  };
}

/** A command that only has subcommands is a heading. */
function doesRun({ subcommands, runsByItself = false }: Command): boolean {
  return subcommands === undefined || runsByItself;
}

/** `assay run -- NAME`: what follows two dashes are positional words, whatever they look like. */
function withWordsAfterDashes(command: Command, argv: Words): Words {
  const { '--': after, ...words } = argv;
  if (!Array.isArray(after) || after.length === 0) return words;
  const positional = /[[<](\w+)\.\.[\]>]/.exec(command.usage)?.[1];
  if (positional === undefined) {
    throw harnessErrors.HARNESS_USAGE({
      tried: `read ${after.join(' ')}`,
      got: 'this command takes no names',
    });
  }
  return { ...words, [positional]: [...texts(words, positional), ...after] };
}

/** What yargs finds wrong, as an error with its remedy; what a command throws comes through as it is. */
function usageError(words: readonly string[], message: string | null, error: unknown): unknown {
  // yargs' own complaints may come as errors, too, then named YError.
  const isOwn = error === undefined || error === null || (error instanceof Error && error.name === 'YError');
  if (!isOwn) return error;
  const complaint = message ?? (error instanceof Error ? error.message : 'it cannot be read');
  const hint = suggestion(words, complaint);
  const remedy = hint === undefined ? {} : { remedy: hint };
  return harnessErrors.HARNESS_USAGE({ tried: ['assay', ...words].join(' '), got: complaint, ...remedy });
}

function suggestion(words: readonly string[], complaint: string): string | undefined {
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(complaint)?.[1];
  const command = commandNamed(commands, words[0]);
  if (command === undefined) return 'assay --help shows the commands';
  const subcommand = commandNamed(command.subcommands ?? [], words[1]);
  const named = subcommand === undefined ? words[0] : `${words[0]} ${words[1]}`;
  const isGroup = !doesRun(command) && subcommand === undefined;
  const help = `assay ${named} --help shows the ${isGroup ? 'commands' : 'options'}`;
  if (unknown === undefined) return help;
  const nearest = closest(unknown, [...Object.keys((subcommand ?? command).options), 'json', 'help']);
  return `did you mean --${nearest}? ${help}`;
}

function commandNamed(among: readonly Command[], word: string | undefined): Command | undefined {
  return among.find(({ usage }) => usage.split(' ')[0] === word);
}
