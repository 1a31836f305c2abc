import type { ComparedIdentity } from '../../../reports/validation/proof-report.ts';
import { asEvidence } from '../../inspection/file-systems/printable.ts';
import type { Finding } from '../../inspection/finding.ts';
import type { IdentityReading } from './identity-reading.ts';
import type { IdentityRule } from './identity-rule.ts';
import type { ProofCollector } from './proof-collector.ts';
import type { ProofFindingKind } from './proof-finding-kinds.ts';

/**
 * Says of each identity whether clones have it in common that should not, and whether it is the same after a restart (spec H5). Pure.
 *
 * @returns Identities that no clone has are left out.
 */
export function compareIdentities(
  { readings, readBoots, master = [] }: Pick<ProofCollector, 'readings' | 'readBoots' | 'master'>,
  rules: readonly IdentityRule[],
): { identities: ComparedIdentity[]; findings: Finding[] } {
  const compared = rules.flatMap((rule) => {
    const ofRule = readings.filter(({ name }) => name === rule.name);
    return [...Map.groupBy(ofRule, ({ from }) => from).values()].flatMap((ofPlace) => {
      const values = valuesOf(ofPlace, readBoots);
      const problem = ofPlace.find((reading) => reading.problem !== undefined)?.problem;
      const isNowhere = values.every(({ value }) => value === null);
      if (isNowhere && problem === undefined && !rule.isOwn) return [];
      const { from } = ofPlace[0]!;
      const ofMaster = master.find((one) => one.name === rule.name && one.from === from)?.value ?? null;
      const open = problem ?? (isNowhere ? 'there is none on any clone' : undefined);
      return [compareOne({ rule, from, values, master: ofMaster, ...(open === undefined ? {} : { open }) })];
    });
  });
  const clones = new Set(readBoots.map(({ clone }) => clone));
  return {
    identities: compared.map(({ identity }) => identity),
    findings: [
      ...grouped(compared.flatMap(({ sightings }) => sightings)),
      ...(clones.size < 2 && rules.some(({ differs }) => differs) ? [nothingToCompare(clones.size)] : []),
    ],
  };
}

type Values = ComparedIdentity['values'];

interface Sighting {
  kind: ProofFindingKind;
  name: string;
  from: string;
  words: string;
}

/** Of every boot that was read, null where there was none. */
function valuesOf(ofPlace: readonly IdentityReading[], readBoots: ProofCollector['readBoots']): Values {
  const read = new Map(ofPlace.map((reading) => [`${reading.clone} ${reading.boot}`, reading.value]));
  const boots = [
    ...readBoots,
    ...ofPlace.filter(
      ({ clone, boot }) => !readBoots.some((one) => one.clone === clone && one.boot === boot),
    ),
  ];
  return boots
    .map(({ clone, boot }) => ({ clone, boot, value: read.get(`${clone} ${boot}`) ?? null }))
    .sort((a, b) => a.clone.localeCompare(b.clone, 'en', { numeric: true }) || a.boot - b.boot);
}

interface OneIdentity {
  rule: IdentityRule;
  from: string;
  values: Values;
  master: string | null;
  /** Why nothing can be said of it, or not of all clones. */
  open?: string;
}

function compareOne({ rule, from, values, master, open }: OneIdentity): {
  identity: ComparedIdentity;
  sightings: Sighting[];
} {
  const { name, differs, stays } = rule;
  const byClone = [...Map.groupBy(values, ({ clone }) => clone)];
  const shared = differs ? sharedValue(values, master) : undefined;
  const changed = stays ? changesOf(byClone) : [];
  const lacking = open === undefined ? lackingOf(byClone) : [];
  const sightings: Sighting[] = [];
  const see = (kind: ProofFindingKind, words: string) => sightings.push({ kind, name, from, words });
  if (shared !== undefined) {
    const isKept = shared.value === master;
    const weighs = isKept ? 'identity-kept' : 'identity-shared';
    const asMaster = isKept ? ', as on the master' : '';
    const words = `${shown(shared.value)} on ${shared.clones.join(', ')}${asMaster}`;
    see(rule.shared === 'error' ? weighs : 'name-shared', words);
  }
  if (changed.length > 0) see('identity-changes', changed.join('; '));
  if (lacking.length > 0) see('identity-missing-on-some', `not on ${lacking.join(', ')}`);
  if (open !== undefined) see('proof-incomplete', open);
  const canCompare = !differs || byClone.length > 1;
  const facts = {
    isShared: shared !== undefined,
    hasChanged: changed.length > 0,
    isMissing: lacking.length > 0,
    isOpen: open !== undefined || !canCompare,
  };
  return { identity: { name, from, differs, stays, values, result: resultOf(facts) }, sightings };
}

function resultOf({
  isShared,
  hasChanged,
  isMissing,
  isOpen,
}: Record<'isShared' | 'hasChanged' | 'isMissing' | 'isOpen', boolean>): ComparedIdentity['result'] {
  if (isShared) return hasChanged ? 'shared-and-changed' : 'shared';
  if (hasChanged) return 'changed';
  if (isMissing) return 'missing';
  return isOpen ? 'not-read' : 'as-expected';
}

/** What the master has keeps even one clone from being different; otherwise it takes two. The value that most clones have comes first. */
function sharedValue(values: Values, master: string | null): { value: string; clones: string[] } | undefined {
  const byValue = Map.groupBy(values, ({ value }) => value);
  byValue.delete(null);
  return [...byValue]
    .map(([value, all]) => ({ value: value!, clones: [...new Set(all.map(({ clone }) => clone))] }))
    .filter(({ value, clones }) => clones.length > 1 || value === master)
    .sort((a, b) => b.clones.length - a.clones.length)[0];
}

type ByClone = [clone: string, values: Values][];

/** One that was not there at first has been made later, which is no change. */
function changesOf(byClone: ByClone): string[] {
  return byClone.flatMap(([clone, values]) => {
    const first = values.findIndex(({ value }) => value !== null);
    const since = first === -1 ? [] : values.slice(first).map(({ value }) => value);
    if (new Set(since).size < 2) return [];
    return [`${clone}: ${since.map((value) => (value === null ? 'none' : shown(value))).join(', then ')}`];
  });
}

/** After its last boot a clone lacks what another one has after the same boot. */
function lackingOf(byClone: ByClone): string[] {
  const all = byClone.flatMap(([, values]) => values);
  return byClone.flatMap(([clone, values]) => {
    const last = values.at(-1)!;
    const others = all.some(({ boot, value }) => boot === last.boot && value !== null);
    return last.value === null && others ? [clone] : [];
  });
}

function shown(value: string): string {
  return value.startsWith('sha256:') || value.startsWith('SHA256:') ? value : JSON.stringify(value);
}

/** One finding for all places of an identity. */
function grouped(sightings: readonly Sighting[]): Finding[] {
  return [...Map.groupBy(sightings, ({ kind, name }) => `${kind}\0${name}`).values()].map((all) => {
    const { kind, name, from, words } = all[0]!;
    const places = all.map((one) => one.from);
    return {
      ...{ kind, where: all.length === 1 ? from : `${from} and ${all.length - 1} more` },
      ...(all.length === 1 ? {} : { places }),
      evidence: asEvidence(`${name}: ${words}`),
    };
  });
}

function nothingToCompare(count: number): Finding {
  const evidence = count === 0 ? 'the identities of no clone were read' : 'those of one clone were read';
  return { kind: 'proof-incomplete', where: 'identities of clones', evidence };
}
