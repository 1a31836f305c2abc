import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Application, TSConfigReader, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';

const repository = join(import.meta.dirname, '../../..');

/**
 * Writes the pages of the scenario API, from the docstrings of what `harness/index.ts` exports.
 *
 * @throws Error when the source does not compile far enough to be read.
 */
export async function generateScenarioInterface(folder: string): Promise<void> {
  // Options come from here, not from what may lie in the folder that one stands in.
  const app = await Application.bootstrapWithPlugins(options(folder) as TypeDocOptions, [
    new TSConfigReader(),
  ]);
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc could not read harness/index.ts (see above)');
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors()) throw new Error('TypeDoc could not write the scenario API (see above)');
  await introduce(join(folder, 'index.md'));
}

const introduction = `What a scenario file may import, from the docstrings of \`harness/index.ts\`. [Writing scenarios](../scenarios.md) tells how it is used.

\`\`\`ts
import { createFactory, scenario } from 'assay';
\`\`\``;

/** A list alone does not say where what it lists comes from. */
async function introduce(path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text.replace(/^# .*$/m, (title) => `${title}\n\n${introduction}`),
  );
}

function options(folder: string): TypeDocOptions & PluginOptions {
  return {
    name: 'Scenario API',
    entryPoints: [join(repository, 'harness/index.ts')],
    tsconfig: join(repository, 'tsconfig.json'),
    // The project's own compiler checks the types (npm run check); this older one only reads them.
    skipErrorChecking: true,
    // Types of machines and of what they say are derived from their schemas; this spells them out.
    plugin: ['typedoc-plugin-markdown', 'typedoc-plugin-zod'],
    outputs: [{ name: 'markdown', path: folder }],
    readme: 'none',
    excludeInternal: true,
    excludePrivate: true,
    disableSources: true,
    // A type that is not exported is shown by its name; that is no mistake of the documentation.
    validation: { notExported: false, invalidLink: true },
    logLevel: 'Warn',
    groupOrder: ['Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables'],
    sort: ['source-order'],
    entryFileName: 'index',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    expandObjects: true,
    expandParameters: true,
    pageTitleTemplates: { index: '{projectName}', member: '{name}', module: '{name}' },
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    indexFormat: 'table',
    tableColumnSettings: { hideModifiers: true, hideDefaults: true, hideInherited: true, hideSources: true },
  };
}
