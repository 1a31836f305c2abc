import { posix } from 'node:path';
import { z } from 'zod';

/** The port on which agents listen where nothing else is said. */
export const defaultAgentPort = 7946;

/** Of all files of a package together: they lie in the memory of the machine that is repaired. */
export const packageLimitBytes = 256 * 1024 ** 2;

/** The first line of a package, which says what follows. */
export const manifestLimitBytes = 4 * 1024 ** 2;

const packagePath = z
  .string()
  .max(1024)
  .refine(staysInside, 'a path of a package leads nowhere but into the folder that it is unpacked in');

/**
 * A script with what it needs, on its way to another machine (spec R10): this as one line of JSON, then the content of the
 * files, one behind the other, in this order.
 */
export const packageManifest = z
  .strictObject({
    format: z.literal('assay package 1'),
    /** The file that is run. */
    script: packagePath,
    files: z
      .array(
        z.strictObject({
          path: packagePath,
          sizeBytes: z.int().nonnegative(),
          isExecutable: z.boolean(),
        }),
      )
      .min(1)
      .max(10_000),
  })
  .refine(
    ({ script, files }) => files.some(({ path }) => path === script),
    'the script is not among the files',
  )
  .refine(
    ({ files }) => new Set(files.map(({ path }) => path)).size === files.length,
    'a file is there more than once',
  )
  .refine(
    ({ files }) => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= packageLimitBytes,
    `more than ${packageLimitBytes / 1024 ** 2} MiB`,
  );

export type PackageManifest = z.output<typeof packageManifest>;

/** What an agent says while it runs a script, a line of JSON each; `event` is a `ScriptEvent`. */
export const agentLine = z.discriminatedUnion('type', [
  /** So that a connection on which nothing comes is known to be dead. */
  z.object({ type: z.literal('alive') }),
  z.object({ type: z.literal('event'), text: z.string() }),
  z.object({
    type: z.literal('ended'),
    outcome: z.enum(['succeeded', 'failed']),
    /** Why it has failed, in words. */
    error: z.string().optional(),
    /** What becomes of the machine now. */
    end: z.enum(['prompt', 'restart', 'shut-down']),
  }),
]);

export type AgentLine = z.output<typeof agentLine>;

/** How an agent says no, in the body of an answer that is not 200. */
export const agentRefusal = z.object({ message: z.string() });

/** How often an agent that has nothing to say says that it is alive, and when it counts as dead. */
export const aliveMs = 10_000;
export const silenceMs = 60_000;

function staysInside(path: string): boolean {
  const isPlain = path !== '' && !path.includes('\0') && posix.normalize(path) === path;
  return (
    isPlain && !posix.isAbsolute(path) && path !== '.' && !path.endsWith('/') && path.split('/')[0] !== '..'
  );
}
