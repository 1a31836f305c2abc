import { type Finding, longestEvidence } from '../finding.ts';
import { mostExamples } from './residue-limits.ts';
import type { Candidate } from './search-rule.ts';
import { shown } from './shown.ts';

/** So many places of one finding can be accepted by their names. */
const mostPlacesNamed = 1_000;

/** Something left over. */
export interface Sighting extends Candidate {
  /** What was seen there; printable. */
  words: string;
}

/** What a rule saw in one partition, with some examples. */
export function sightingsFinding(rule: string, partition: string, sightings: readonly Sighting[]): Finding {
  const [first] = sightings;
  const { node, systemPath, words } = first!;
  const isElsewhere = node.path !== systemPath;
  const where = `${partition}, ${shown(node.path)}${isElsewhere ? ` (${shown(systemPath)} of the system)` : ''}`;
  if (sightings.length === 1) return { kind: rule, where, evidence: cut(words) };
  const examples = sightings
    .slice(0, mostExamples)
    .map((sighting) => `${shown(sighting.systemPath)}: ${sighting.words}`);
  return {
    kind: rule,
    where: `${where} and ${sightings.length - 1} more`,
    ...(sightings.length > mostPlacesNamed
      ? {}
      : { places: sightings.map((sighting) => `${partition}, ${shown(sighting.node.path)}`) }),
    evidence: list(`${sightings.length} places: `, examples, sightings.length),
  };
}

/** What was not looked at, as a finding of its own. */
export function notAllReadFinding(partition: string, missed: readonly string[]): Finding {
  const examples = missed.slice(0, mostExamples).map(shown);
  return { kind: 'residue-not-all-read', where: partition, evidence: list('', examples, missed.length) };
}

/** As many as have room, and always how many there are besides. */
function list(head: string, examples: readonly string[], count: number): string {
  for (let length = examples.length; length > 0; length -= 1) {
    const rest = count - length;
    const line = `${head}${examples.slice(0, length).join('; ')}${rest === 0 ? '' : `; and ${rest} more`}`;
    if (line.length <= longestEvidence) return line;
  }
  return cut(`${head}${examples[0] ?? ''}`);
}

function cut(text: string): string {
  return text.length <= longestEvidence ? text : `${text.slice(0, longestEvidence - 1)}…`;
}
