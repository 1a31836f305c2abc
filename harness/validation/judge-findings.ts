import {
  type ProofReport,
  type ReportedFinding,
  readyClones,
  type Verdict,
} from '../../reports/validation/index.ts';
import type { Finding, FindingKind } from '../inspection/finding.ts';
import type { DiskProfile } from './profile/disk-profile.ts';

export interface JudgedFindings {
  findings: ReportedFinding[];
  verdict: Verdict;
  /** Why, one sentence each. */
  reasons: string[];
}

/**
 * Says what findings make of a disk (spec H5): an error that nobody has accepted keeps it from being cloned, whatever could not be looked at
 * besides; what could not be looked at keeps it from being called fit. Pure.
 *
 * @param proof What was seen of clones, where they were to be started.
 */
export function judgeFindings(
  kinds: readonly FindingKind[],
  found: readonly Finding[],
  { accept }: Pick<DiskProfile, 'accept'>,
  proof?: Pick<ProofReport, 'clones'>,
): JudgedFindings {
  const findings = found.map((finding): ReportedFinding => {
    const { places: _, ...reported } = finding;
    const candidates = accept.filter((one) => one.finding === finding.kind);
    if (!isCovered(candidates, finding)) return reported;
    const reasons = candidates.filter(
      ({ where }) => where === undefined || placesOf(finding).some((name) => hasText(name, where)),
    );
    return { ...reported, accepted: [...new Set(reasons.map(({ reason }) => reason))].join('; ') };
  });
  const count = (isCounted: (kind: FindingKind) => boolean) =>
    findings.filter(
      ({ kind: id, accepted }) =>
        accepted === undefined && kinds.some((kind) => kind.id === id && isCounted(kind)),
    ).length;
  const errors = count(({ severity }) => severity === 'error');
  const open = count(({ severity, leavesOpen }) => severity !== 'error' && leavesOpen === true);
  const warnings = count(({ severity, leavesOpen }) => severity === 'warning' && !leavesOpen);
  const accepted = findings.filter((finding) => finding.accepted !== undefined).length;
  const reasons = [
    ...say(
      errors,
      'error has to be put right before the disk is cloned',
      'errors have to be put right before the disk is cloned',
    ),
    ...say(open, 'part of the disk could not be looked at', 'parts of the disk could not be looked at'),
    ...say(warnings, 'warning wants an answer', 'warnings want an answer'),
    ...say(accepted, 'finding was accepted by the profile', 'findings were accepted by the profile'),
    scopeSentence(proof),
  ];
  return { findings, verdict: verdictOf(errors, open, warnings), reasons };
}

function scopeSentence(proof: Pick<ProofReport, 'clones'> | undefined): string {
  if (proof === undefined) return 'The disk was read; no machine was started with it.';
  const isSeen = readyClones(proof.clones).length > 0;
  if (isSeen) return 'The disk was read, and clones of it were started.';
  return 'The disk was read; of the clones that were to be started none became ready.';
}

/** Of a finding with several places, all of them have to be covered: what is accepted of one file is not of the next. */
function isCovered(accepted: readonly Accepted[], finding: Finding): boolean {
  const names = placesOf(finding);
  const covers = (one: Accepted, name: string) => one.where === undefined || hasText(name, one.where);
  if (accepted.some((one) => one.where === undefined)) return true;
  return names.length > 0 && names.every((name) => accepted.some((one) => covers(one, name)));
}

type Accepted = DiskProfile['accept'][number];

/** None when they are too many to be named. */
function placesOf({ where, places }: Finding): readonly string[] {
  return places ?? (/ and \d+ more$/.test(where) ? [] : [where]);
}

/** `partition 1` is not in `partition 10`. */
function hasText(place: string, text: string): boolean {
  for (let at = place.indexOf(text); at !== -1; at = place.indexOf(text, at + 1)) {
    const [before = '', after = ''] = [place[at - 1], place[at + text.length]];
    const isInNumber = (/\d/.test(before) && /^\d/.test(text)) || (/\d/.test(after) && /\d$/.test(text));
    if (!isInNumber) return true;
  }
  return false;
}

function verdictOf(errors: number, open: number, warnings: number): Verdict {
  if (errors > 0) return 'not-fit';
  if (open > 0) return 'inconclusive';
  return warnings > 0 ? 'fit-with-warnings' : 'fit';
}

function say(count: number, one: string, many: string): string[] {
  if (count === 0) return [];
  return [`${count} ${count === 1 ? one : many}.`];
}
