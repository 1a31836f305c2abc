import { z } from 'zod';

/** One Debian package, exactly: what the lock keeps and what the archive's signed index says. */
export const packageRecordSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.int().positive(),
});

export type PackageRecord = z.output<typeof packageRecordSchema>;

/** The architecture of the guests. */
export const guestArchitecture = 'amd64';
