import { drillsErrors } from './errors.ts';
import { parseMoment } from './moment.ts';

/**
 * How a drill rightly ends where that is not "well again": the product has to refuse to work, and its console has to say so by what
 * matches.
 */
export interface RightfulEnd {
  kind: 'refused';
  pattern: RegExp;
}

/**
 * Reads an end as it stands on the command line and in a matrix: `refused:/the licence is not valid/`.
 *
 * @throws DRILLS_PLAN_INVALID
 */
export function parseRightfulEnd(text: string): RightfulEnd {
  const pattern = text.startsWith('refused:') ? text.slice('refused:'.length) : '';
  if (/^\/.+\/[imsu]*$/s.test(pattern)) {
    const moment = parseMoment(`console:${pattern}`);
    if (moment.kind === 'console') return { kind: 'refused', pattern: moment.pattern };
  }
  throw drillsErrors.DRILLS_PLAN_INVALID({
    tried: `read the end ${JSON.stringify(text)}`,
    expected: "'refused:/regular expression/', which matches what the console shows of the refusal",
    remedy: 'without --ends a drill ends rightly when the machine is well again',
  });
}

/** The text that {@link parseRightfulEnd} reads as this end. */
export function rightfulEndText({ kind, pattern }: RightfulEnd): string {
  return `${kind}:${pattern}`;
}
