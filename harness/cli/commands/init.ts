import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { manifestIn } from '../../init/completed-manifest.ts';
import { layOutRepository } from '../../init/lay-out-repository.ts';
import type { Command } from '../command.ts';
import { flag, text } from '../option-values.ts';

/** `assay init`: a repository for the scenarios of a product, or the first profile of a disk that somebody else made. */
export const init: Command = {
  usage: 'init [folder]',
  summary: 'lay out a folder for the scenarios of your product, or write the profile of a disk',
  options: {
    from: {
      type: 'string',
      requiresArg: true,
      describe:
        'a master disk: lays out nothing, but looks at it (it is only read) and prints a first profile for assay validate',
    },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'with --from: the file for the profile, which must not be there yet',
    },
    plain: { type: 'boolean', describe: 'with --from: plain lines instead of the live view' },
  },
  examples: [
    ['assay init gateway-scenarios', 'a new folder, with a scenario that runs'],
    ['assay init', 'the folder you stand in; files that are there already are left alone, and named'],
    ['assay init --from master.img', 'prints a profile of the disk, with reasons as comments'],
    ['assay init --from master.img --out nas.yaml', 'the same into a file; one that is there stays as it is'],
  ],
  async run(words) {
    if (text(words, 'from') !== undefined || text(words, 'out') !== undefined) {
      // The parsers of disks take longer to load than a short command to run.
      const { runFirstProfile } = await import('../run-first-profile.ts');
      return await runFirstProfile(words);
    }
    const folder = typeof words.folder === 'string' ? words.folder : '.';
    const files = await layOutRepository(folder);
    const next = nextCommands(folder);
    process.stdout.write(
      flag(words, 'json')
        ? `${JSON.stringify({ folder: resolve(folder), files, next }, undefined, 2)}\n`
        : made(folder, files, next),
    );
    return 0;
  },
};

function made(folder: string, files: readonly string[], next: readonly string[]): string {
  const lines = [
    `made in ${resolve(folder)}:`,
    ...files.map((file) => `  ${file}`),
    'next:',
    ...next.map((command) => `  ${command}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** In a checkout there is no package yet that npm could install; its own command line works at once. */
function nextCommands(folder: string): string[] {
  const enter = resolve(folder) === process.cwd() ? [] : [`cd ${folder}`];
  const checkout = join(import.meta.dirname, '..', '..', '..');
  if (existsSync(join(checkout, 'setup'))) {
    const assay = join(checkout, 'assay');
    const install = `npm install --save-dev "$(npm pack --silent ${checkout})"`;
    return [
      ...enter,
      `${assay} doctor`,
      `${assay} run`,
      `${install}   # types for the editor, and npx assay`,
    ];
  }
  const { dependencies, devDependencies } = manifestIn(join(folder, 'package.json')) ?? {};
  const isInstalled = 'assay' in { ...dependencies, ...devDependencies };
  const install = isInstalled ? 'npm install' : 'npm install --save-dev FILE   # the .tgz that Assay came in';
  return [...enter, install, 'npx assay doctor', 'npx assay run'];
}
