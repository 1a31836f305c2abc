import { parseMoment } from '../drills/moment.ts';
import { harnessErrors } from '../errors.ts';
import { parseCrashState } from '../explorer/crash-state.ts';
import type { ExploreScenarioOptions } from '../explorer/explored-scenario.ts';
import type { Span } from '../explorer/span.ts';
import type { Words } from './command.ts';
import { durationOption } from './duration-option.ts';
import { exploreDefaults } from './explore-defaults.ts';
import { flag, positiveCount, text, texts, wholeNumber } from './option-values.ts';

/** What is said again in the command that repeats an exploration. */
const repeated = [
  ...['machine', 'disk', 'span', 'from', 'to', 'budget', 'boots', 'draws', 'tear-unit', 'well-within'],
  ...['recording', 'state'],
];

/** What the command line, or the line that repeats an exploration, says of it. @throws HARNESS_USAGE, EXPLORER_STATE_INVALID */
export function exploreOptions(words: Words): ExploreScenarioOptions {
  const states = texts(words, 'state').map(parseCrashState);
  const recordingFolder = text(words, 'recording');
  if (states.length > 0 && recordingFolder === undefined) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'read --state',
      expected: '--recording beside it: a new recording has other writes, and the same text is another state',
    });
  }
  const [machine, disk] = [text(words, 'machine'), text(words, 'disk')];
  return {
    span: spanOf(words),
    ...(machine === undefined ? {} : { machine }),
    ...(disk === undefined ? {} : { disk }),
    ...(recordingFolder === undefined ? {} : { recordingFolder }),
    ...(states.length === 0 ? {} : { states }),
    budgetMs: duration(words, 'budget', exploreDefaults.budget),
    wellWithinMs: duration(words, 'well-within', exploreDefaults.wellWithin),
    boots: wholeNumber(words, 'boots') ?? Number.POSITIVE_INFINITY,
    uniformDraws: wholeNumber(words, 'draws') ?? exploreDefaults.draws,
    tearEverywhere: flag(words, 'tear-everywhere'),
    forks: withForks(words),
    tearUnitSectors: positiveCount(words, 'tear-unit') ?? 1,
    words: [
      ...repeated.flatMap((name) => texts(words, name).flatMap((value) => [`--${name}`, value])),
      ...(flag(words, 'tear-everywhere') ? ['--tear-everywhere'] : []),
      ...(withForks(words) ? [] : ['--no-forks']),
    ],
  };
}

function withForks(words: Words): boolean {
  return words.forks !== false;
}

function spanOf(words: Words): Span {
  const [during, from, to] = [text(words, 'span'), text(words, 'from'), text(words, 'to')];
  if (during === undefined) {
    return {
      ...(from === undefined ? {} : { from: momentOf('from', from) }),
      ...(to === undefined ? {} : { to: momentOf('to', to) }),
    };
  }
  const moment = /^\/.+\/[imsu]*$/s.test(during) ? parseMoment(`step:${during}`) : undefined;
  if (moment?.kind === 'step' && from === undefined && to === undefined) return { during: moment.pattern };
  throw harnessErrors.HARNESS_USAGE({
    tried: 'read --span',
    expected: "'/regular expression/' of a step, and neither --from nor --to",
    got: during,
  });
}

function momentOf(option: 'from' | 'to', given: string) {
  const moment = parseMoment(given);
  if (moment.kind !== 'write' && moment.kind !== 'in-write') return moment;
  throw harnessErrors.HARNESS_USAGE({
    tried: `read --${option}`,
    expected: 'power-on:2, step:/…/, console:/…/ or time:60s: recorded writes are not counted on the way',
    got: given,
  });
}

function duration(words: Words, name: string, otherwise: string): number {
  const given = text(words, name) ?? otherwise;
  // Here `10m` is minutes, too.
  return durationOption({ [name]: given.replace(/(\d)m$/, '$1min') }, name)!;
}
