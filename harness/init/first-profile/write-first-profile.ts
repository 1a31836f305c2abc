import { ImageSource } from '../../inspection/image-source.ts';
import { partitionName } from '../../inspection/place.ts';
import { type DiskLook, type LookOptions, lookAtDisk } from './disk-look.ts';
import { guessConsole } from './guess-console.ts';
import { guessMachine } from './guess-machine.ts';
import { guessRoles } from './guess-roles.ts';
import { guessServices } from './guess-services.ts';
import { profileText } from './profile-text.ts';
import { known, type SaidValue } from './said-value.ts';

/**
 * Writes a first profile of a disk by looking at it (spec H5): what can be seen as lines with their reasons, the rest as comments. The disk
 * is only read.
 *
 * @returns the text, which `readDiskProfile` takes.
 * @throws WITNESS_DISK_UNREADABLE, WITNESS_DISK_CHANGED; INSPECTION_NOT_RAW; FOUNDATION_TOOL_MISSING; the signal's reason.
 */
export async function firstProfile(imagePath: string, options: LookOptions = {}): Promise<string> {
  await using source = await ImageSource.open(imagePath);
  const look = await lookAtDisk(source, options);
  const name = await guessName(look);
  const [root] = look.roots;
  return profileText({
    ...{ imagePath, look, ...(name === undefined ? {} : { name }) },
    machine: await guessMachine(look),
    partitions: await guessRoles(look),
    console: await guessConsole(look),
    services: root === undefined ? {} : await guessServices(root),
  });
}

/** os-release(5). */
async function guessName({ roots }: DiskLook): Promise<SaidValue | undefined> {
  for (const root of roots) {
    for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
      const text = await root.text(path);
      const name = /^(?:PRETTY_NAME|NAME)=(["']?)(.*)\1$/m.exec(text ?? '')?.[2]?.trim();
      if (name) return known(name, `${partitionName(root.partition)}, ${path}`);
    }
  }
  return undefined;
}
