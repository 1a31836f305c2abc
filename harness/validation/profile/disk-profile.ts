import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { errorMessage, foundationErrors } from '../../../foundation/index.ts';
import { parseYamlText } from '../../../images/index.ts';
import { crossProblems } from './cross-problems.ts';
import {
  consoleProfile,
  identitiesProfile,
  limitsProfile,
  machineProfile,
  partitionProfile,
  readyProfile,
  recoveryProfile,
  shutDownProfile,
} from './machine-profile.ts';
import { extent, sentence, size } from './profile-values.ts';

/** The keys; what one says of another is in {@link diskProfileSchema}. */
const profileKeys = z.strictObject({
  format: z.literal('assay disk profile 1').describe('The version of this format.'),
  name: sentence.optional().describe('What the disk is of, for people.'),
  machine: machineProfile.describe(
    'The hardware that clones are started on. What tells two machines apart (MAC address, serial numbers, UUID) is chosen by Assay.',
  ),
  partitions: z
    .array(partitionProfile)
    .max(255)
    .default([])
    .describe('What partitions are to the appliance.'),
  console: consoleProfile
    .optional()
    .describe('The shell on the serial console (ttyS0); without it no command is run.'),
  ready: readyProfile
    .optional()
    .describe(
      'What makes the appliance ready: all of these signs in this order, each with one of its keys. Without it no clone is started.',
    ),
  shutDown: shutDownProfile.describe(
    'How it is switched off: `power-button` (ACPI), or `{ command: poweroff }`.',
  ),
  identities: identitiesProfile.describe('Where identities live, over the built-in list.'),
  recovery: recoveryProfile.describe('What it claims to get over, or to refuse; each claim is a drill.'),
  powerCut: z
    .boolean()
    .default(true)
    .describe('Whether the plug of a clone is pulled, claimed or not; it has to be ready again.'),
  limits: limitsProfile.describe(
    'Deadlines, on an emulated machine without hardware acceleration; `--timeout-scale` multiplies them.',
  ),
  rawAreas: z
    .array(
      z.strictObject({
        name: sentence.describe('What lies there: `licence`.'),
        at: size.describe('Where it begins on the disk: `1MiB`, `32256B`.'),
        size: extent.describe('How long it is: `512B`.'),
      }),
    )
    .prefault([])
    .describe('Areas outside of partitions that belong there, such as licence sectors.'),
  residueRules: z
    .array(z.string().min(1))
    .default([])
    .describe('Files with rules of your own for what must not be left over, relative to this one.'),
  accept: z
    .array(
      z.strictObject({
        finding: z.string().min(1).describe('The kind of a finding, as the report names it.'),
        where: z.string().min(1).optional().describe('Only where the place has this text in it.'),
        reason: sentence.describe('Why it is no matter on this disk; it stands in the report.'),
      }),
    )
    .default([])
    .describe('Findings that are known and no matter.'),
});

export type DiskProfile = z.output<typeof profileKeys>;

/** What `assay validate --profile` takes (docs/profile.md): what is known of a disk that somebody else made. Sizes are in bytes. */
export const diskProfileSchema = profileKeys.superRefine((profile, context) => {
  for (const { path, message } of crossProblems(profile)) context.addIssue({ code: 'custom', path, message });
});

/** What is known of a disk without a profile: nothing. */
export const noProfile: DiskProfile = diskProfileSchema.parse({ format: 'assay disk profile 1' });

/**
 * Reads a profile; `residueRules` become absolute paths.
 *
 * @throws FOUNDATION_CONFIG_INVALID naming line and key, for an unknown key also the nearest; IMAGES_TEXT_INVALID when it is not YAML.
 */
export async function readDiskProfile(path: string): Promise<DiskProfile> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw foundationErrors.FOUNDATION_CONFIG_INVALID(
      { tried: `read the profile ${path}`, got: errorMessage(error) },
      error,
    );
  });
  const profile = parseYamlText(text, path, diskProfileSchema, 'profile');
  const residueRules = profile.residueRules.map((file) => resolve(dirname(path), file));
  return { ...profile, residueRules };
}
