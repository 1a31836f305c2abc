import { type ReportedFinding, type ValidationReport, verdictWords } from '../../reports/validation/index.ts';
import type { Expectations } from './expectations.ts';

type Planted = Expectations['planted'][number];

/** What a validation made of the faults that were planted on a disk. */
export interface ComparedFindings {
  found: { planted: Planted; finding: ReportedFinding }[];
  missed: Planted[];
  /** Planted for clones to show, in a validation that started none. */
  notLookedFor: Planted[];
  /** Not planted; with the reason where one is given for it. */
  extra: { finding: ReportedFinding; reason?: string }[];
  verdict: { expected: string; got: string };
}

/** Compares what was planted with what was found; one finding may name several of the planted faults. Pure. */
export function compareFindings(
  { planted, allowed, verdict }: Expectations,
  report: Pick<ValidationReport, 'findings' | 'scope' | 'verdict'>,
): ComparedFindings {
  const isLookedFor = ({ scope }: Planted) => scope === 'static' || report.scope === 'dynamic';
  const judged = planted.filter(isLookedFor).map((one) => ({
    planted: one,
    finding: report.findings.find((finding) => names(finding, one)),
  }));
  const isPlanted = (finding: ReportedFinding) => planted.some((one) => names(finding, one));
  return {
    found: judged.flatMap(({ planted: one, finding }) =>
      finding === undefined ? [] : [{ planted: one, finding }],
    ),
    missed: judged.filter(({ finding }) => finding === undefined).map(({ planted: one }) => one),
    notLookedFor: planted.filter((one) => !isLookedFor(one)),
    extra: report.findings
      .filter((finding) => !isPlanted(finding))
      .map((finding) => {
        const reason = allowed.find((one) => names(finding, one))?.reason;
        return { finding, ...(reason === undefined ? {} : { reason }) };
      }),
    verdict: { expected: verdict, got: verdictWords(report.verdict) },
  };
}

function names(
  { kind, where, evidence }: ReportedFinding,
  { finding, where: place }: { finding: string; where?: string | undefined },
): boolean {
  if (kind !== finding) return false;
  if (place === undefined || hasText(where, place)) return true;
  // The further places of a finding stand in what was seen: `2 places: /etc/a: 16 bytes; /etc/b: 16 bytes`.
  return / and \d+ more$/.test(where) && hasText(evidence, place);
}

/** `/etc/shadow` is not in `/etc/shadow-`, and `partition 1` not in `partition 10`. */
function hasText(whole: string, text: string): boolean {
  for (let at = whole.indexOf(text); at !== -1; at = whole.indexOf(text, at + 1)) {
    const after = whole[at + text.length] ?? '';
    if (!/[\w-]/.test(after) || !/\w$/.test(text)) return true;
  }
  return false;
}
