import type { BootSystem } from '../../inspection/boot-loaders/index.ts';
import type { Guess } from './guess-roles.ts';

const names: readonly [role: string, pattern: RegExp][] = [
  ['recovery', /^(?:recovery|rescue|emergency|fallback|factory|restore)/i],
  ['root', /^(?:root|rootfs|system|sys|os)(?:[-_. ]?[a-z0-9])?$/i],
  ['esp', /^(?:esp|efi|efi[-_ ]?system.*)$/i],
  ['boot', /^(?:x?boot(?:fs|loader)?)$/i],
  ['swap', /^swap/i],
  ['data', /^(?:data|userdata|user-data|persist(?:ent|ence)?|storage)$/i],
];

/** What a partition is by the name in the table, or the label of its file system: `rootfs_b` is `root-b`. Pure. */
export function roleByName({ partition, fileSystem }: BootSystem): Guess | undefined {
  for (const name of [partition.name, fileSystem.label]) {
    if (name === undefined) continue;
    const [role] = names.find(([, pattern]) => pattern.test(name)) ?? [];
    if (role === undefined) continue;
    const slot = role === 'root' ? /[-_. ](b)$/i.exec(name)?.[1] : undefined;
    return { role: slot === undefined ? role : `${role}-${slot.toLowerCase()}`, why: 'it is named so' };
  }
  return undefined;
}
