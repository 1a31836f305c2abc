import type { FindingKind } from '../inspection/finding.ts';

/** Every kind of finding for a terminal, one line each. */
export function findingKindsText(kinds: readonly FindingKind[]): string {
  const width = Math.max(...kinds.map(({ id }) => id.length));
  return kinds
    .map(({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${title}\n`)
    .join('');
}

/** The page docs/findings.md. */
export function findingKindsMarkdown(kinds: readonly FindingKind[]): string {
  return `${[
    '# Findings of `assay validate`',
    '',
    'Every kind of finding that [`assay validate`](validate.md) can report, with its reason, its fix and where it is known from. Made by `assay validate --list --markdown`.',
    '',
    'An **error** keeps a disk from being cloned (NOT FIT), a **warning** wants an answer, a **note** is to be known. What *leaves something open* makes a verdict INCONCLUSIVE when there is no error: a part of the disk could not be looked at.',
    ...kinds.flatMap(sectionOf),
  ].join('\n')}\n`;
}

function sectionOf({ id, severity, title, reason, fix, source, leavesOpen }: FindingKind): string[] {
  return [
    '',
    `## ${id}`,
    '',
    `**${severity}**${leavesOpen ? ', leaves something open' : ''}: ${escaped(title)}.`,
    '',
    escaped(reason),
    '',
    `*Fix:* ${escaped(fix)}`,
    '',
    `*Known from:* ${escaped(source)}`,
  ];
}

/** Stars and angle brackets of paths and patterns mean nothing in Markdown; code spans stay as they are. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/[*_<>[\]|]/g, '\\$&')))
    .join('');
}
