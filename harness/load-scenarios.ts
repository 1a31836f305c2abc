import { readdir, stat } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { extname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { errorMessage } from '../foundation/index.ts';
import { harnessErrors } from './errors.ts';
import { keepImport, keepSource } from './loaded-sources.ts';
import { type Scenario, takeDeclaredScenarios } from './scenario.ts';

/** A scenario and the file that declares it, relative to the folder that the user stands in. */
export interface LoadedScenario {
  scenario: Scenario;
  file: string;
}

/** Where scenarios lie when nobody says otherwise. */
export const defaultScenarios = 'scenarios';

/**
 * Loads scenario files into this process: the folder's `*.ts` files and those named, each once, in order of name.
 *
 * @param paths Folders and files, as --scenarios names them.
 * @throws HARNESS_SCENARIOS_NOT_FOUND, HARNESS_SCENARIO_FILE_FAILED, HARNESS_SCENARIO_INVALID (a name used twice)
 */
export async function loadScenarios(
  paths: readonly string[] = [defaultScenarios],
): Promise<LoadedScenario[]> {
  const files = [...new Set((await Promise.all(paths.map(filesOf))).flat())];
  resolveAssayToItself();
  const loaded: LoadedScenario[] = [];
  // One after the other, so that each declaration is known to be the file's.
  for (const file of files) {
    await load(file);
    const declared = takeDeclaredScenarios();
    loaded.push(...declared.map((scenario) => ({ scenario, file: relative(process.cwd(), file) })));
  }
  if (loaded.length === 0) {
    throw harnessErrors.HARNESS_SCENARIOS_NOT_FOUND({
      tried: `load the scenarios of ${paths.join(', ')}`,
      got: `${files.length} files, none declares a scenario`,
    });
  }
  refuseTwins(loaded);
  return loaded;
}

async function filesOf(path: string): Promise<string[]> {
  const entry = await stat(path).catch((error: unknown) => {
    const tried = `read ${path}`;
    throw harnessErrors.HARNESS_SCENARIOS_NOT_FOUND({ tried, got: errorMessage(error) }, error);
  });
  if (!entry.isDirectory()) return [resolve(path)];
  const found = await readdir(path);
  return found
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => resolve(path, file));
}

/**
 * `import … from 'assay'` in a scenario means the Assay that runs it, wherever the scenario lies. What is loaded is
 * kept as text, for the lines that failures show.
 */
function resolveAssayToItself(): void {
  // In the npm package it is compiled.
  const entry = new URL(`./index${extname(import.meta.filename)}`, import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === 'assay') return { url: entry, shortCircuit: true };
      const resolved = next(specifier, context);
      keepImport(context.parentURL, resolved.url);
      // A scenario is an ES module, also where the package.json beside it says nothing, or what `npm init` wrote.
      return resolved.url.endsWith('.ts') ? { ...resolved, format: 'module-typescript' } : resolved;
    },
    load: (url, context, next) => {
      const loaded = next(url, context);
      keepSource(url, loaded.source);
      return loaded;
    },
  });
}

async function load(file: string): Promise<void> {
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    // Shown in full, an error names the place of wrong syntax first, else the line that threw.
    const where = /(?:file:\/\/)?(\/\S+?\.ts:\d+)/.exec(inspect(error))?.[1];
    const facts = { tried: `load ${relative(process.cwd(), file)}`, where, got: errorMessage(error) };
    throw harnessErrors.HARNESS_SCENARIO_FILE_FAILED(facts, error);
  }
}

function refuseTwins(loaded: readonly LoadedScenario[]): void {
  const files = new Map<string, string>();
  for (const { scenario, file } of loaded) {
    const other = files.get(scenario.name);
    if (other !== undefined) {
      throw harnessErrors.HARNESS_SCENARIO_INVALID({
        tried: `load the scenario ${scenario.name}`,
        where: file,
        expected: 'a name of its own',
        got: `${other} has a scenario of this name, too`,
      });
    }
    files.set(scenario.name, file);
  }
}
