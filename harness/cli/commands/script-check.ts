import { checkScript, problemLine, type Script, type ScriptCheck } from '../../../core/factory/index.ts';
import { exitCodes } from '../../exit-code.ts';
import type { Command } from '../command.ts';
import { flag, texts } from '../option-values.ts';

/** `assay script check`: whether scripts would run, said before a machine has started for it (spec R5). */
export const scriptCheck: Command = {
  usage: 'check <files..>',
  summary: 'check scripts, with those that they call; exit code 2 when something is wrong',
  options: {},
  examples: [
    ['assay script check install.yaml', 'what it runs, or everything that is wrong with its line'],
    ['assay script check scripts/*.yaml --json', 'all of a folder, for a script'],
  ],
  async run(words) {
    const checks: ScriptCheck[] = [];
    for (const file of texts(words, 'files')) checks.push(await checkScript(file));
    process.stdout.write(flag(words, 'json') ? asJson(checks) : checks.map(asLines).join(''));
    return checks.every(({ script }) => script !== undefined) ? exitCodes.passed : exitCodes.usage;
  },
};

function asLines({ file, script, problems }: ScriptCheck): string {
  if (script === undefined) return problems.map((problem) => `${problemLine(problem)}\n`).join('');
  const count = script.steps.length === 1 ? '1 step' : `${script.steps.length} steps`;
  return `${file}: ${count}, runs ${whatRuns(script)}\n`;
}

/** `test-hardware, start-network, call rest.yaml (fetch, restart)`: kinds in the order of the steps. */
function whatRuns({ steps }: Script): string {
  const kinds = steps.map(({ do: kind, called }) =>
    called === undefined ? kind : `${kind} ${called.path} (${whatRuns(called)})`,
  );
  return kinds.join(', ');
}

function asJson(checks: readonly ScriptCheck[]): string {
  const scripts = checks.map(({ file, script, problems }) => ({
    file,
    ...(script && describe(script)),
    problems,
  }));
  return `${JSON.stringify({ scripts }, undefined, 2)}\n`;
}

interface Described {
  name: string;
  steps: { name: string; do: string; called?: { file: string } & Described }[];
}

/** Without options, which may hold passwords. */
function describe({ name, steps }: Script): Described {
  return {
    name,
    steps: steps.map(({ name: step, do: kind, called }) => ({
      name: step,
      do: kind,
      ...(called && { called: { file: called.path, ...describe(called) } }),
    })),
  };
}
