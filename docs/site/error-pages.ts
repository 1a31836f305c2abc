import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A page of `docs/errors/`: the folder it belongs to, its title, and the codes that it explains. */
export interface ErrorPage {
  name: string;
  title: string;
  codes: readonly string[];
}

/** The pages of `docs/errors/`, by name. */
export function errorPages(): ErrorPage[] {
  const folder = join(import.meta.dirname, '../errors');
  const files = readdirSync(folder).filter((file) => file.endsWith('.md'));
  return files.sort().map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const name = basename(file, '.md');
    return {
      name,
      title: /^# (.+)$/m.exec(text)?.[1] ?? name,
      codes: [...text.matchAll(/^## (\S+)$/gm)].map((match) => match[1]!),
    };
  });
}
