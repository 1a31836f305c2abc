import { asEvidence } from '../../inspection/file-systems/printable.ts';
import type { DiskLook } from './disk-look.ts';
import type { GuessedConsole } from './guess-console.ts';
import type { GuessedMachine } from './guess-machine.ts';
import type { GuessedPartition } from './guess-roles.ts';
import type { GuessedServices } from './guess-services.ts';
import { consoleLines, consoleNotice, readyLines, shutDownLines } from './operation-lines.ts';
import { partitionLines, rawAreaLines, recoveryLines } from './place-lines.ts';
import type { SaidValue } from './said-value.ts';
import { commentLines, pairLine, quoted } from './yaml-lines.ts';

/** What was found out about a disk. */
export interface DiskGuesses {
  /** As it was given. */
  imagePath: string;
  look: DiskLook;
  name?: SaidValue;
  machine: GuessedMachine;
  partitions: readonly GuessedPartition[];
  console: GuessedConsole;
  services: GuessedServices;
}

/** The profile as text: what was found as lines with their reasons, what could not be known as comments. It can be read by `readDiskProfile`. Pure. */
export function profileText(guesses: DiskGuesses): string {
  const { machine, console, services, partitions, look } = guesses;
  const sections = [
    headLines(guesses),
    [
      'machine:',
      pairLine('  firmware', machine.firmware),
      pairLine('  controller', machine.controller),
      pairLine('  nic', machine.nic),
      '  # memory: 1GiB  # the default; a disk does not say what its machine has',
      '  # cpus: 1',
      '  # watchdog: i6300esb  # or ib700, where the machine has one',
      '  # dataDisks: [1GiB]  # further disks, empty at the first boot',
    ],
    partitionLines(partitions),
    consoleLines(console),
    readyLines(console, services, machine.nic.value !== 'none'),
    shutDownLines(console, services),
    recoveryLines(partitions),
    rawAreaLines(look.rawData),
    restLines(),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headLines({ imagePath, name, console }: DiskGuesses): string[] {
  return [
    ...commentLines(
      `Written by assay init --from ${asEvidence(imagePath)}, which has only read the disk. Beside each line stands why it is there; what could not be known is commented out. Look through it before it is used. All keys: docs/profile.md`,
    ),
    ...consoleNotice(console).flatMap((text) => ['#', ...commentLines(text)]),
    'format: assay disk profile 1',
    name === undefined
      ? '# name: NAS, third generation  # what the disk is of, for the report'
      : pairLine('name', { ...name, value: quoted(name.value) }),
  ];
}

function restLines(): string[] {
  return [
    '# identities:  # over the built-in list: machine ID, host keys, names, addresses, ...',
    '#   add:',
    '#     - { name: serial number, file: /etc/serial }',
    '',
    '# limits:  # the defaults, on an emulated machine; --timeout-scale multiplies them',
    '#   firstReady: 10min',
    '#   ready: 10min',
    '#   shutDown: 3min',
    '',
    '# accept:  # findings that are known and no matter',
    '#   - { finding: hostname, reason: The first boot sets it. }',
  ];
}
