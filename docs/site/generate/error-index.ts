import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorPages } from '../error-pages.ts';

/** Writes the list of all error codes, from the pages that explain them. */
export async function generateErrorIndex(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const sections = errorPages().map(({ name, title, codes }) =>
    [`## [${title}](./${name}.md)`, codes.map((code) => `- ${code}`).join('\n')].join('\n\n'),
  );
  const text = [
    '# Error codes',
    'Every error of Assay carries a code that does not change. Its page says what happened, whose part it is (blame), and what to do.',
    ...sections,
  ].join('\n\n');
  await writeFile(join(folder, 'index.md'), `${text}\n`);
}
