import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  type BuildOptions,
  buildImage,
  buildRedundantSet,
  buildSystemUpdate,
  type KnownStateConfiguration,
  readRedundantLayout,
  redundantRecipe,
  systemPartitions,
} from '../../images/index.ts';
import { layoutFile } from '../appliance/build-template.ts';
import { coreSourcesHash, sourcesHash } from '../appliance/core-sources-hash.ts';
import { keptFolder } from '../appliance/kept-disks.ts';
import type { Bench } from '../bench.ts';
import { type LogicChanges, logicText } from './logic-text.ts';
import { scenarioKey } from './scenario-key.ts';

/** What a set of redundant disks and its medium are built from. */
export interface RedundantSetOptions {
  /** One of Assay's layouts by name (`redundant`, which is the default, `redundant-three`, `redundant-two-disks`), or a file. */
  layout?: string;
  /**
   * The text of the logic file, or what differs from the delivered one; by default the delivered one with the
   * partitions of the layout.
   */
  logic?: string | LogicChanges;
  /** The version of the system; `1.0.0` by default. */
  version?: string;
  /** Components of the system beside those of the recipe `redundant-system`. */
  extraComponents?: readonly string[];
  /** Where components of your own are; by default `scenarios/components` of the folder that you stand in. */
  componentsFolder?: string;
  /** Path on the medium, below `/assay`, to the text of a file. */
  mediumFiles?: Record<string, string>;
}

/** What an update of one partition is built from. */
export interface RedundantUpdateOptions {
  version: string;
  /** The partition that it is for; the first one by default. */
  partition?: string;
  /** Components of the system beside those of the recipe. */
  extraComponents?: readonly string[];
  /** `another`: signed with a key that the machines do not trust. */
  key?: 'own' | 'another';
}

/**
 * Builds the disks of machines that boot to a known state, and the medium that they start from (spec B1 to B8), or takes
 * them from the cache when the same inputs were built before: the first ones take two minutes. They are read only; a
 * `redundantMachine` gets copies of its own.
 *
 * @throws errors of `images/` and `core/`: `IMAGES_…`, `KNOWN_STATE_…`, `SCRIPT_INVALID` for a logic file with a mistake.
 * @example
 * const set = await redundantSet(bench, { layout: 'redundant-three', logic: { check: 'full' } });
 * const { machine } = await redundantMachine(bench, set, { name: 'alpha' });
 */
export async function redundantSet(bench: Bench, options: RedundantSetOptions = {}): Promise<RedundantSet> {
  return await bench.step(
    'redundant disks and their medium are at hand',
    async () => {
      const inputs = await readInputs(bench, options);
      const folder = await keptFolder('redundant', await keyOf(inputs), (making) => make(inputs, making));
      const text = await readFile(join(folder, 'system', 'known-state.json'), 'utf8');
      return new RedundantSet(bench, folder, JSON.parse(text) as KnownStateConfiguration, inputs);
    },
    { category: 'build' },
  );
}

/** Disks and medium of machines that boot to a known state; from {@link redundantSet}. */
export class RedundantSet {
  /** Layout, places and public key, as medium and systems carry them. */
  readonly configuration: KnownStateConfiguration;
  /** The raw images by the disks' names in the layout. Read only. */
  readonly diskPaths: Readonly<Record<string, string>>;
  /** The ISO image of the medium. */
  readonly mediumPath: string;
  /** The pack with the images of all partitions. */
  readonly packPath: string;
  readonly #bench: Bench;
  readonly #inputs: SetInputs;

  /** @internal Made by `redundantSet`. */
  constructor(bench: Bench, folder: string, configuration: KnownStateConfiguration, inputs: SetInputs) {
    this.configuration = configuration;
    const disks = configuration.layout.disks.map(({ name }) => [name, join(folder, `${name}.raw`)]);
    this.diskPaths = Object.fromEntries(disks);
    this.mediumPath = join(folder, 'medium.iso');
    this.packPath = join(folder, 'system', 'system.pack');
    this.#bench = bench;
    this.#inputs = inputs;
  }

  /**
   * Builds an update for the machines of this set (spec B7).
   *
   * @returns the path of the pack, in the scenario's work folder.
   */
  async update(options: RedundantUpdateOptions): Promise<string> {
    const {
      version,
      partition = systemPartitions(this.configuration.layout)[0]!.name,
      key = 'own',
    } = options;
    return await this.#bench.step(
      `an update of ${partition} to version ${version} is built`,
      async () => {
        const folder = await mkdtemp(join(this.#bench.workFolder, 'update-'));
        const outPath = join(folder, 'update.pack');
        const { layoutPath, componentsFolder } = this.#inputs;
        const system = systemOptions(this.#bench, options.extraComponents ?? [], componentsFolder);
        await buildSystemUpdate({
          ...system,
          layoutPath,
          key: scenarioKey(key),
          partition,
          version,
          outPath,
        });
        return outPath;
      },
      { category: 'build' },
    );
  }
}

/** What the options of a set come to. */
interface SetInputs {
  layoutPath: string;
  logic: string;
  version: string;
  system: BuildOptions;
  componentsFolder: string | undefined;
  mediumFiles: Readonly<Record<string, string>>;
}

async function readInputs(bench: Bench, options: RedundantSetOptions): Promise<SetInputs> {
  const { layout = 'redundant', logic = {}, version = '1.0.0', mediumFiles = {}, componentsFolder } = options;
  const layoutPath = /\.ya?ml$/.test(layout) ? resolve(layout) : layoutFile(layout);
  const partitions = systemPartitions(await readRedundantLayout(layoutPath)).map(({ name }) => name);
  return {
    ...{ layoutPath, version, mediumFiles, componentsFolder },
    logic: typeof logic === 'string' ? logic : await logicText(logic, partitions),
    system: systemOptions(bench, options.extraComponents ?? [], componentsFolder),
  };
}

function systemOptions(bench: Bench, extraComponents: readonly string[], folder?: string): BuildOptions {
  const extraComponentsFolder = folder ?? (extraComponents.length === 0 ? undefined : ownComponentsFolder);
  return {
    extraComponents,
    ...(extraComponentsFolder === undefined ? {} : { extraComponentsFolder: resolve(extraComponentsFolder) }),
    onProgress: (message) => bench.note(message),
  };
}

const ownComponentsFolder = join('scenarios', 'components');

/** Everything that disks and medium are made from. */
async function keyOf({ layoutPath, logic, version, system, mediumFiles }: SetInputs): Promise<string> {
  const image = await buildImage(redundantRecipe, system);
  const medium = await buildImage('recovery-medium');
  const inputs = {
    ...{ logic, version, mediumFiles, layout: await readFile(layoutPath, 'utf8') },
    images: [image.inputsHash, medium.inputsHash],
    sources: [await coreSourcesHash(), await sourcesHash(['images/media', 'images/redundant'])],
  };
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 32);
}

async function make(
  { layoutPath, logic, version, system, mediumFiles }: SetInputs,
  making: string,
): Promise<void> {
  const given = join(making, 'given');
  const mediumFilesFolder = join(given, 'files');
  const logicPath = join(given, 'logic.yaml');
  await mkdir(mediumFilesFolder, { recursive: true });
  await writeFile(logicPath, logic);
  for (const [name, text] of Object.entries(mediumFiles)) {
    const path = join(mediumFilesFolder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const key = scenarioKey('own');
  await buildRedundantSet({
    ...system,
    layoutPath,
    logicPath,
    key,
    version,
    mediumFilesFolder,
    outFolder: making,
  });
}
