import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildSetupFiles,
  buildTemplate,
  readLayout,
  readLicenceKeys,
  type Template,
} from '../../core/factory/index.ts';
import { type BuildOptions, buildSystem } from '../../images/index.ts';

const layoutsFolder = join(import.meta.dirname, '..', '..', 'images', 'layouts');

/** The file of a layout that comes with Assay. */
export function layoutFile(layoutName: string): string {
  return join(layoutsFolder, `${layoutName}.yaml`);
}

/** The licence keys of the reference appliance. */
export const referenceLicenceKeysFile = join(layoutsFolder, 'licence-keys.yaml');

export interface TemplateInputs {
  layoutPath: string;
  licenceKeysPath?: string | undefined;
  outFolder: string;
  systems?: BuildOptions;
  onProgress: (step: string) => void;
}

/**
 * Builds the template disks of the reference appliance from a layout (spec M1): both operating systems from the
 * catalogue, the applications' set-up files from the core.
 *
 * @throws what reading the layout, building the systems and laying out the disks throw.
 */
export async function buildReferenceTemplate(inputs: TemplateInputs): Promise<Template> {
  const layout = await readLayout(inputs.layoutPath);
  const setupFolder = await mkdtemp(join(tmpdir(), 'assay-setup-files-'));
  try {
    return await buildTemplate({
      layout,
      systems: await referenceSystems(inputs.systems),
      setupFiles: await buildSetupFiles(setupFolder),
      licenceKeys: await readLicenceKeys(inputs.licenceKeysPath ?? referenceLicenceKeysFile),
      outFolder: inputs.outFolder,
      onProgress: inputs.onProgress,
    });
  } finally {
    await rm(setupFolder, { recursive: true, force: true });
  }
}

/** The two operating systems of the reference appliance, from the cache where they have not changed. */
export async function referenceSystems(options?: BuildOptions) {
  return {
    primary: await buildSystem('primary', options),
    emergency: await buildSystem('emergency', options),
  };
}
