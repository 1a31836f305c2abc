import { formatSize } from '../../../foundation/index.ts';
import { printableCommand, printableLine } from '../../../reports/index.ts';
import { verdictWords } from '../../../reports/validation/index.ts';
import type { CertifiedDisk, CertifiedFile, ValidationPredicate, ValidationStatement } from './statement.ts';

/** What a person is told of a certificate. */
export interface ShownCertificate {
  path: string;
  statement: ValidationStatement;
  /** The key whose signature was verified; without one, nothing is proven. */
  verifiedBy?: string | undefined;
  /** The keys that the signatures name; anybody can write such a name. */
  namedKeys: readonly string[];
  /** The disk that was compared with it, and is the certified one. */
  image?: string | undefined;
}

const width = 14;

/** A certificate for a terminal: what it is of, what was done and found, and whether any of it is proven. */
export function certificateText({ path, statement, verifiedBy, namedKeys, image }: ShownCertificate): string {
  const { subject, predicate } = statement;
  const lines = [
    printableCommand(path),
    ...subject.flatMap(diskLines),
    ...predicateLines(predicate),
    ...predicate.reasons.map((reason) => line('reason', reason)),
    ...predicate.findings.accepted.map(({ kind, where, reason }) =>
      line('accepted', `${kind}, ${where}: ${reason}`),
    ),
    ...predicate.evidence.map((file) => line('evidence', fileWords(file))),
    '',
    ...(image === undefined ? [] : [`${printableCommand(image)} is the certified disk, to the byte.`]),
    verifiedBy === undefined
      ? `NOT VERIFIED: it names the key ${namedKeys.join(', ')}; --key says which one you believe.`
      : `The signature is by the key ${verifiedBy}.`,
    verdictWords(predicate.verdict),
  ];
  return `${lines.map((each) => each.trimEnd()).join('\n')}\n`;
}

function diskLines({ name, digest, annotations }: CertifiedDisk): string[] {
  const { sizeBytes } = annotations;
  return [
    line('disk', `${name}, ${sizeBytes} bytes (${formatSize(sizeBytes)})`),
    ...Object.entries(digest).map(([algorithm, value]) => line('', `${algorithm} ${value}`)),
  ];
}

function predicateLines({
  validatedAt,
  scope,
  assay,
  qemu,
  profile,
  clones,
  run,
  findings,
}: ValidationPredicate): string[] {
  const { errors, leftOpen, warnings, notes, accepted } = findings;
  const outcomes = Object.entries(Object.groupBy(run?.scenarios ?? [], ({ outcome }) => outcome));
  return [
    line('validated', `${validatedAt}, by Assay ${assay.version}`),
    line('scope', scope === 'static' ? 'static: the disk was read' : 'dynamic: clones were started'),
    ...(qemu ? [line('machines', `QEMU ${qemu.version}, ${qemu.accelerator}`)] : []),
    ...(clones ? [line('clones', `${clones.started}, ready ${clones.boots} times`)] : []),
    ...(profile ? [line('profile', fileWords(profile))] : []),
    ...(run
      ? [
          line('run', `${run.id}, seed ${run.seed}, time-out scale ${run.timeoutScale}`),
          line('scenarios', outcomes.map(([outcome, of]) => `${of?.length} ${outcome}`).join(', ')),
        ]
      : []),
    line(
      'findings',
      `errors ${errors}, left open ${leftOpen}, warnings ${warnings}, notes ${notes}, accepted ${accepted.length}`,
    ),
  ];
}

function fileWords({ name, digest }: CertifiedFile): string {
  return `${name}, SHA-256 ${digest.sha256}`;
}

/** What comes from the file may hold anything. */
function line(name: string, words: string): string {
  return `  ${name.padEnd(width)}${printableLine(words)}`;
}
