import { z } from 'zod';
import { diskProfileSchema } from './disk-profile.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (2020-12) of profiles for editors: completion, descriptions, and marks below what is wrong (spec H5). It describes what a
 * file holds: `1GiB` and `90s`, not the numbers that become of them. What one key says of another is not in it; reading a profile checks that.
 */
export function diskProfileJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(diskProfileSchema, { io: 'input', target: 'draft-2020-12' });
  return { title: 'A profile of a disk for assay validate', ...schema };
}
