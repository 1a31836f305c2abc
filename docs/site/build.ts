import { existsSync, readdirSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installPackages } from './install-packages.ts';

const siteFolder = import.meta.dirname;
const usage = `npm run docs -- [--base PATH] [--out DIR] [--serve]

Builds the documentation into a static site.

  --base PATH   where it will lie on its host, such as /assay/ (default: /)
  --out DIR     where to put it (default: docs/site/dist)
  --serve       serves it as one writes, on this host only, instead of building it
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  // The packages of the site are its own; the first build installs them, so nothing of them is imported before.
  if (!(await installPackages(siteFolder))) return 3;
  // VitePress leaves a link in the node_modules that it finds from here while it builds: not in the project's.
  process.chdir(siteFolder);
  await generatePages();
  if (options.serve) return await serve(options.base);
  return await buildSite(options.base, options.out);
}

function readOptions(): { base: string; out: string; serve: boolean } | number {
  const options = {
    base: { type: 'string', default: '/' },
    out: { type: 'string', default: join(siteFolder, 'dist') },
    serve: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    if (!/^\/(?:[\w.~-]+\/)*$/.test(values.base))
      throw new Error(`--base begins and ends with a slash: ${JSON.stringify(values.base)} does not`);
    const out = resolve(values.out);
    if (!isFree(out)) throw new Error(`${out} is neither empty nor an earlier site; building would empty it`);
    return { base: values.base, out, serve: values.serve };
  } catch (error) {
    process.stderr.write(`docs: ${(error as Error).message}\n\n${usage}`);
    return 2;
  }
}

/** What lies in the folder of a site is removed before the new one comes; it shall be nothing but a site. */
function isFree(folder: string): boolean {
  if (!existsSync(folder)) return true;
  const names = readdirSync(folder);
  return names.length === 0 || (names.includes('hashmap.json') && names.includes('vp-icons.css'));
}

async function generatePages(): Promise<void> {
  const generatedFolder = join(siteFolder, 'generated');
  await rm(generatedFolder, { recursive: true, force: true });
  const { generateCommands } = await import('./generate/commands.ts');
  const { generateErrorIndex } = await import('./generate/error-index.ts');
  const { generateScenarioInterface } = await import('./generate/scenario-interface.ts');
  await generateCommands(join(generatedFolder, 'commands'));
  await generateErrorIndex(join(generatedFolder, 'errors'));
  await generateScenarioInterface(join(generatedFolder, 'api'));
}

async function serve(base: string): Promise<number> {
  const { createServer } = await import('vitepress');
  const server = await createServer(siteFolder, { base });
  await server.listen();
  server.printUrls();
  return 0;
}

async function buildSite(base: string, out: string): Promise<number> {
  const { build } = await import('vitepress');
  const { siteProblems } = await import('./site-problems.ts');
  // A site that is not whole never gets to where it is served from.
  const builtFolder = join(siteFolder, '.vitepress/built');
  await build(siteFolder, { base, outDir: builtFolder });
  const { problems, pages } = siteProblems(builtFolder, base);
  for (const problem of problems) process.stderr.write(`docs: ${problem}\n`);
  if (problems.length > 0) return 1;
  await rm(out, { recursive: true, force: true });
  await cp(builtFolder, out, { recursive: true });
  process.stdout.write(`docs: ${pages} pages in ${out}, every link leads to something\n`);
  return 0;
}
