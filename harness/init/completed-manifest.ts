import { readFileSync } from 'node:fs';

/** What `package.json` says, as far as it matters here. */
export interface Manifest {
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  [key: string]: unknown;
}

/** The `package.json` of a folder; undefined where there is none, or one that is no JSON object. */
export function manifestIn(path: string): Manifest | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isObject = typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest);
    return isObject ? (manifest as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

/** Adds what the template has and the manifest has not; what is there stays as it is. */
export function completedManifest(present: Manifest, template: Manifest): Manifest {
  const installed = { ...present.dependencies, ...present.devDependencies };
  const missing = Object.entries(template.devDependencies ?? {}).filter(([name]) => !(name in installed));
  return {
    ...template,
    ...present,
    scripts: { ...template.scripts, ...present.scripts },
    devDependencies: { ...present.devDependencies, ...Object.fromEntries(missing) },
  };
}
