import { formatSize } from '../../../foundation/index.ts';
import type { GuessedPartition } from './guess-roles.ts';
import type { RawData } from './raw-data.ts';
import { entryLine, quoted } from './yaml-lines.ts';

const mostRawAreas = 20;

/** `partitions`. A disk without a table has none that could be named. */
export function partitionLines(partitions: readonly GuessedPartition[]): string[] {
  const named = partitions.filter(({ system }) => system.partition.number > 0);
  if (named.length === 0) return ['# partitions:  # the disk has no partition table'];
  const areAnyKnown = named.some(({ guess }) => guess !== undefined);
  return [
    areAnyKnown ? 'partitions:' : '# partitions:',
    ...named.map((one) => {
      const { number } = one.system.partition;
      const role = one.guess?.role ?? `part-${number}`;
      const why = `${describe(one)}: ${one.guess?.why ?? 'nothing says what it is'}`;
      return entryLine(`  - { number: ${number}, role: ${role} }`, why, one.guess !== undefined);
    }),
    '  # changes: false, beside a role, says that nothing may change there while the appliance runs',
  ];
}

/** `ext4 "system", 512 MiB`. */
function describe({ system: { partition, fileSystem } }: GuessedPartition): string {
  const names = [partition.name, fileSystem.label].filter((name) => name !== undefined && name !== '');
  const quotedNames = [...new Set(names)].map((name) => ` ${JSON.stringify(name)}`).join('');
  return `${fileSystem.type}${quotedNames}, ${formatSize(partition.sizeBytes)}`;
}

/** `recovery`: what an appliance gets over cannot be seen from its disk; the example names one of its partitions. */
export function recoveryLines(partitions: readonly GuessedPartition[]): string[] {
  const roles = partitions.flatMap(({ guess }) => (guess === undefined ? [] : [guess.role]));
  const role = ['data', 'root', 'boot'].find((one) => roles.includes(one)) ?? roles[0] ?? 'data';
  return [
    '# recovery:  # what it claims to get over, or to refuse (faults: docs/faults.md); each claim is a drill',
    `#   - damage: ["file-system-damaged partition=${role} at power-on:2"]`,
    '#     shows: what the console shows of it',
    '#     within: 8min',
  ];
}

/** `rawAreas`. */
export function rawAreaLines(rawData: readonly RawData[]): string[] {
  if (rawData.length === 0) {
    return [
      '# rawAreas:  # nothing lies outside of partitions',
      '#   - { name: licence, at: 31KiB, size: 512B }',
    ];
  }
  const shown = rawData.slice(0, mostRawAreas);
  const further = rawData.length - shown.length;
  return [
    shown.some(({ name }) => name !== undefined)
      ? 'rawAreas:'
      : '# rawAreas:  # what belongs there has to be told by somebody who knows',
    ...shown.map(({ range, name }) => {
      const [at, size] = [exactSize(range.offsetBytes), exactSize(wholeSectors(range.lengthBytes))];
      const why =
        name === undefined ? 'data that looks like nothing known: what is it?' : `it looks like ${name}`;
      const entry = `  - { name: ${quoted(name ?? 'unknown data')}, at: ${at}, size: ${size} }`;
      return entryLine(entry, why, name !== undefined);
    }),
    ...(further === 0 ? [] : [`  # and ${further} more places`]),
  ];
}

function wholeSectors(lengthBytes: number): number {
  return Math.ceil(lengthBytes / 512) * 512;
}

/** In the largest unit that says it exactly. */
function exactSize(sizeBytes: number): string {
  const units: [string, number][] = [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ];
  const unit = units.find(([, bytes]) => sizeBytes > 0 && sizeBytes % bytes === 0);
  return unit === undefined ? `${sizeBytes}B` : `${sizeBytes / unit[1]}${unit[0]}`;
}
