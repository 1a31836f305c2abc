import { formatDuration } from '../duration-text.ts';
import { counted } from '../html/page-text.ts';
import { printableCommand, printableLine } from '../printable-text.ts';
import type { Colors } from '../terminal-colors.ts';
import type { ProofReport } from './proof-report.ts';
import { clonesWords, identityWords, isAmiss, togetherSentence } from './proof-words.ts';

/** What was seen when clones were started, for a terminal: what is amiss, and counts of what is not. */
export function proofLines(proof: ProofReport, colors: Colors): string[] {
  const { clones, identities, divergence, together, drills, runFolder } = proof;
  const present = identities.filter(({ values }) => values.some(({ value }) => value !== null));
  const amiss = identities.filter(isAmiss);
  return [
    colors.bold(clonesWords(clones)),
    ...clones.map(({ name, boots }) => `  ${printableLine(name)}: ${boots.map(bootText).join('; ')}`),
    `  identities: ${present.length} compared, ${amiss.length} amiss`,
    ...amiss.map(
      (identity) => `    ${printableLine(`${identity.name} (${identity.from}): ${identityWords(identity)}`)}`,
    ),
    ...(divergence === undefined
      ? []
      : [
          `  changed since the master: ${divergence.clones.map(({ name, changedBlocks }) => `${printableLine(name)} ${counted(changedBlocks, 'block')}`).join(', ')}; ` +
            `the same on all: ${counted(divergence.sameOnAllBlocks, 'block')}, ${counted(divergence.files.filter(({ isSameOnAll }) => isSameOnAll).length, 'file')}`,
        ]),
    ...together.map((attached) => `  ${printableLine(togetherSentence(attached))}`),
    ...drills.map(drillLine),
    colors.dim(`  consoles and events: ${printableCommand(runFolder)}`),
  ];
}

function bootText({
  number,
  readyMs,
  shutDownMs,
  failure,
}: ProofReport['clones'][number]['boots'][number]): string {
  const ready = readyMs === undefined ? 'not ready' : `ready after ${formatDuration(readyMs)}`;
  const off = shutDownMs === undefined ? '' : `, off after ${formatDuration(shutDownMs)}`;
  return `boot ${number} ${ready}${off}${failure === undefined ? '' : `: ${printableLine(failure)}`}`;
}

function drillLine({ damage, outcome, recoveryMs, failure }: ProofReport['drills'][number]): string {
  const took = recoveryMs === undefined ? '' : `, ready again after ${formatDuration(recoveryMs)}`;
  const why = failure === undefined ? '' : `: ${printableLine(failure)}`;
  return `  ${printableLine(damage.join(' and '))}: ${outcome}${took}${why}`;
}
