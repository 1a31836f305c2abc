import { closest } from 'fastest-levenshtein';
import { parseConfig } from '../../foundation/index.ts';
import { faultCatalogue } from './catalogue/index.ts';
import { drillsErrors } from './errors.ts';
import type { FaultDeclaration } from './fault-declaration.ts';
import { type Moment, momentText, parseMoment } from './moment.ts';

/** One fault of a plan: what, where and when. */
export interface PlannedFault {
  declaration: FaultDeclaration;
  /** Every default filled in. */
  parameters: Record<string, unknown>;
  /** The machine's name; without it, the scenario's first machine that it calls its subject. */
  machine?: string;
  /** The disk's name; without it, the machine's first disk. */
  disk?: string;
  /**
   * It draws as the fault of this number of a plan does, from 1: `seed=2` of a run with the seed a is a-2. Without it, as that of its
   * own place in its plan. So a fault stays the same when others before it are taken out.
   */
  seed?: number;
  moment: Moment;
}

const reserved = ['machine', 'disk'] as const;

/**
 * Reads a planned fault from its text: a name, words `key=value`, and the moment behind ` at `. Without a moment, it is
 * before the second power-on for a fault that needs the machine off.
 *
 * @throws DRILLS_FAULT_UNKNOWN, DRILLS_PLAN_INVALID, DRILLS_WRONG_MOMENT, FOUNDATION_CONFIG_INVALID for a wrong parameter
 * @example
 * parsePlannedFault('file-damaged partition=primary-root path=/bin/busybox at power-on:2');
 */
export function parsePlannedFault(text: string): PlannedFault {
  const [head, momentPart] = splitAtMoment(text);
  const [name = '', ...words] = head.trim().split(/\s+/);
  const declaration = findFault(name);
  const given = Object.fromEntries(words.map((word) => keyAndValue(word, text)));
  const { machine, disk, seed, ...parameters } = given;
  const planned: PlannedFault = {
    declaration,
    parameters: parseConfig(declaration.parameters.strict(), parameters, `the fault ${name}`) as Record<
      string,
      unknown
    >,
    ...(machine === undefined ? {} : { machine: String(machine) }),
    ...(disk === undefined ? {} : { disk: String(disk) }),
    ...(seed === undefined ? {} : { seed: seedNumber(seed, text) }),
    moment: parseMoment(momentPart ?? defaultMoment(declaration, text)),
  };
  refuseWrongMoment(planned);
  return planned;
}

/** The text that {@link parsePlannedFault} reads as this fault; parameters at their defaults are left out. */
export function plannedFaultText(planned: PlannedFault): string {
  return `${unplacedFaultText(planned)} at ${momentText(planned.moment)}`;
}

/** The same without the moment. */
export function unplacedFaultText({ declaration, parameters, machine, disk, seed }: PlannedFault): string {
  const defaults = declaration.parameters.parse({}) as Record<string, unknown>;
  const changed = Object.entries(parameters).filter(([key, value]) => value !== defaults[key]);
  const words = [
    ...(machine === undefined ? [] : [`machine=${machine}`]),
    ...(disk === undefined ? [] : [`disk=${disk}`]),
    ...(seed === undefined ? [] : [`seed=${seed}`]),
    ...changed.map(([key, value]) => `${key}=${value}`),
  ];
  return [declaration.name, ...words].join(' ');
}

/** What everything random in a fault is drawn from. @param index Its place in the plan, from 0. */
export function injectionSeed(runSeed: string, { seed }: Pick<PlannedFault, 'seed'>, index: number): string {
  return `${runSeed}-${seed ?? index + 1}`;
}

/** Some faults of a plan, each with the seed that it has in the whole. */
export function partOfPlan(plan: readonly PlannedFault[], kept: readonly PlannedFault[]): PlannedFault[] {
  return kept.map((planned, index) => {
    const { seed: own, ...rest } = planned;
    const seed = own ?? plan.indexOf(planned) + 1;
    return seed === index + 1 ? rest : { ...rest, seed };
  });
}

/** A fault of the catalogue by its name. @throws DRILLS_FAULT_UNKNOWN with the nearest name */
export function findFault(name: string): FaultDeclaration {
  const found = faultCatalogue.find((fault) => fault.name === name);
  if (found !== undefined) return found;
  const nearest = closest(
    name,
    faultCatalogue.map((fault) => fault.name),
  );
  throw drillsErrors.DRILLS_FAULT_UNKNOWN({
    tried: `find the fault ${JSON.stringify(name)}`,
    expected: `a name of the catalogue, the nearest is ${nearest}`,
  });
}

function splitAtMoment(text: string): [string, string | undefined] {
  const [, head, moment] = /^(.*?)\sat\s+(\S.*)$/s.exec(text) ?? [];
  return head === undefined ? [text, undefined] : [head, moment?.trim()];
}

function keyAndValue(word: string, text: string): [string, string | number | boolean] {
  const [, key, value] = /^([a-zA-Z]+)=(.+)$/.exec(word) ?? [];
  if (key === undefined || value === undefined) {
    throw drillsErrors.DRILLS_PLAN_INVALID({
      tried: `read the fault ${JSON.stringify(text)}`,
      expected: 'key=value before the moment',
      got: word,
    });
  }
  if ((reserved as readonly string[]).includes(key)) return [key, value];
  if (value === 'true' || value === 'false') return [key, value === 'true'];
  return [key, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}

function seedNumber(given: string | number | boolean, text: string): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= 1_000) return given;
  throw drillsErrors.DRILLS_PLAN_INVALID({
    tried: `read the fault ${JSON.stringify(text)}`,
    expected: 'seed=2, the number of the fault of a plan as which it draws',
    got: `seed=${given}`,
  });
}

function defaultMoment({ name, when }: FaultDeclaration, text: string): string {
  if (when !== 'on') return 'power-on:2';
  throw drillsErrors.DRILLS_PLAN_INVALID({
    tried: `read the fault ${JSON.stringify(text)}`,
    expected: `a moment, for ${name} happens to a machine that is on: ${name} at console:/ASSAY STAGE/`,
  });
}

/** Whether the fault can be injected then. Steps come while the machine is off or on: what holds is known only then. */
export function canBeAt({ when }: FaultDeclaration, moment: Moment): boolean {
  return when === 'either' || moment.kind === 'step' || (when === 'off') === (moment.kind === 'power-on');
}

function refuseWrongMoment({ declaration, moment }: PlannedFault): void {
  if (canBeAt(declaration, moment)) return;
  const { name, when } = declaration;
  throw drillsErrors.DRILLS_WRONG_MOMENT({
    tried: `place ${name} at ${momentText(moment)}`,
    expected:
      when === 'off'
        ? 'power-on or a step at which the machine is off'
        : 'a moment at which the machine is on',
  });
}
