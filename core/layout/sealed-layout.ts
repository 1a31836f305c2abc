import { readFile } from 'node:fs/promises';
import type { ResolvedLayout } from './resolve-layout.ts';

/** Where an appliance keeps the layout it was made from. */
export const sealedLayoutPath = '/etc/assay/layout.json';

/** The bytes of the copy that appliances carry: the same layout gives the same bytes (spec M12). */
export function encodeSealedLayout(layout: ResolvedLayout): string {
  return `${JSON.stringify(layout, null, 1)}\n`;
}

/**
 * Reads the layout that the factory put into this operating system. It was checked there, and it lies on a read-only
 * file system: parsing it again with the schema would only cost time at every start.
 */
export async function readSealedLayout(path: string = sealedLayoutPath): Promise<ResolvedLayout> {
  return JSON.parse(await readFile(path, 'utf8')) as ResolvedLayout;
}
