import { closest } from 'fastest-levenshtein';
import type { DiskProfile } from './disk-profile.ts';

/** Something that one key says and another one does not bear out. */
export interface CrossProblem {
  /** The keys and numbers that lead to it, as zod counts. */
  path: PropertyKey[];
  message: string;
}

/** What is wrong between the keys of a profile whose keys are right by themselves. Pure. */
export function crossProblems(profile: DiskProfile): CrossProblem[] {
  return [
    ...repeatedPartitions(profile),
    ...unknownRoles(profile),
    ...signsWithoutNetwork(profile),
    ...commandsWithoutConsole(profile),
    ...claimsWithoutReady(profile),
  ];
}

function repeatedPartitions({ partitions }: DiskProfile): CrossProblem[] {
  return partitions.flatMap(({ number, role }, index) => {
    const before = partitions.slice(0, index);
    const [sameNumber, sameRole] = [
      before.find((other) => other.number === number),
      before.find((other) => other.role === role),
    ];
    const path = ['partitions', index];
    return [
      ...(sameNumber === undefined
        ? []
        : [{ path: [...path, 'number'], message: `partition ${number} is ${sameNumber.role} already` }]),
      ...(sameRole === undefined
        ? []
        : [{ path: [...path, 'role'], message: `partition ${sameRole.number} is ${role} already` }]),
    ];
  });
}

function unknownRoles({ partitions, identities, recovery }: DiskProfile): CrossProblem[] {
  const roles = partitions.map(({ role }) => role);
  const problem = (path: PropertyKey[], role: string): CrossProblem[] => {
    if (roles.includes(role)) return [];
    const hint =
      roles.length === 0
        ? '`partitions` names none'
        : `did you mean ${JSON.stringify(closest(role, roles))}?`;
    return [{ path, message: `no partition has the role ${JSON.stringify(role)}: ${hint}` }];
  };
  return [
    ...identities.add.flatMap(({ partition }, index) =>
      partition === undefined ? [] : problem(['identities', 'add', index, 'partition'], partition),
    ),
    ...recovery.flatMap(({ damage }, index) =>
      damage.flatMap((text, number) =>
        rolesIn(text).flatMap((role) => problem(['recovery', index, 'damage', number], role)),
      ),
    ),
  ];
}

/** The partition that a planned fault is about, where it is not named by its number; the rest of its text is read where the drills are made. */
function rolesIn(damage: string): string[] {
  return [...damage.matchAll(/(?:^|\s)partition=(?!\d+(?:\s|$))(\S+)/g)].map(([, role]) => role!);
}

function signsWithoutNetwork({ ready = [], machine }: DiskProfile): CrossProblem[] {
  if (machine.nic !== 'none') return [];
  return ready.flatMap((sign, index) =>
    'tcp' in sign || 'http' in sign
      ? [{ path: ['ready', index], message: 'it needs the network, and `machine` has `nic: none`' }]
      : [],
  );
}

function commandsWithoutConsole(profile: DiskProfile): CrossProblem[] {
  if (profile.console !== undefined) return [];
  const message = 'there is no `console` on which the command could be run';
  const { ready = [], identities, shutDown } = profile;
  return [
    ...ready.flatMap((sign, index) =>
      'command' in sign ? [{ path: ['ready', index, 'command'], message }] : [],
    ),
    ...identities.add.flatMap(({ command }, index) =>
      command === undefined ? [] : [{ path: ['identities', 'add', index, 'command'], message }],
    ),
    ...(shutDown === 'power-button' ? [] : [{ path: ['shutDown', 'command'], message }]),
  ];
}

/** A drill ends when it is ready again; a refusal too is first seen to work without damage. */
function claimsWithoutReady({ ready, recovery }: DiskProfile): CrossProblem[] {
  if (ready !== undefined || recovery.length === 0) return [];
  return [
    { path: ['recovery'], message: 'what ready means has to be said in `ready`, or no clone is started' },
  ];
}
