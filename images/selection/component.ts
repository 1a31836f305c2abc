import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and hyphens only');
const absolutePath = z
  .string()
  .regex(/^(\/[^/]+)+$/, 'an absolute path without a slash at its end')
  .refine((path) => !path.split('/').includes('..'), 'a path without ..');
const mode = z.string().regex(/^[0-7]{3,4}$/, 'an octal mode in quotes, such as "755"');
const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'the name of a Debian package');
const moduleName = z.string().regex(/^[a-z0-9_]+$/i, 'the name of a kernel module, with underscores');

/**
 * One component of the catalogue (spec R1): what is taken from where, and what it needs. Paths are those of a
 * merged /usr: `/usr/bin/busybox`, never `/bin/busybox`.
 */
export const componentSchema = z.strictObject({
  name,
  description: z.string().min(1),
  /** Components that come along. */
  needs: z.array(name).default([]),
  /** Debian packages that `files`, shared libraries and `kernel` are taken from. */
  packages: z.array(packageName).default([]),
  /** Files and globs taken from the packages. Shared libraries and targets of links come along by themselves. */
  files: z.array(absolutePath).default([]),
  /** Files taken from npm packages that package.json pins. */
  npmFiles: z
    .array(
      z.strictObject({
        package: z.string(),
        from: z.string(),
        to: absolutePath,
        strip: z.boolean().default(false),
      }),
    )
    .default([]),
  /** TypeScript programs, bundled to one .cjs file each: every `*.ts` of a folder of the repository. */
  programs: z.array(z.strictObject({ from: z.string(), to: absolutePath })).default([]),
  /** A kernel: the package that depends on the real one, and what the real one's name looks like. */
  kernel: z.strictObject({ metaPackage: packageName, package: z.string() }).optional(),
  /** Kernel modules that are loaded at boot; their dependencies come along. */
  modules: z.array(moduleName).default([]),
  /** Kernel modules that lie ready for a script to load. */
  modulesOnDemand: z.array(moduleName).default([]),
  directories: z.array(z.strictObject({ path: absolutePath, mode: mode.default('755') })).default([]),
  /** Symbolic links: path to target. */
  links: z.record(absolutePath, z.string().min(1)).default({}),
  /** Many links to one program, such as the applets of busybox. */
  applets: z
    .array(z.strictObject({ target: z.string().min(1), folder: absolutePath, names: z.array(z.string()) }))
    .default([]),
  devices: z
    .array(
      z.strictObject({
        path: absolutePath,
        type: z.enum(['character', 'block']),
        major: z.int().nonnegative(),
        minor: z.int().nonnegative(),
        mode: mode.default('600'),
      }),
    )
    .default([]),
  /** Paths of other components that this one's own files or links take the place of. */
  replaces: z.array(absolutePath).default([]),
});

/**
 * One operating system (spec R1): a kernel, its arguments, and the components of its two trees. Without `root`
 * the system lives in its initial RAM file system.
 */
export const recipeSchema = z.strictObject({
  name,
  description: z.string().min(1),
  kernel: name,
  kernelArguments: z.array(z.string().regex(/^\S+$/, 'one kernel argument, without spaces')).default([]),
  initramfs: z.array(name).min(1),
  root: z.array(name).default([]),
});

/** A component as read, and the folder of its own files, which are copied to the root of the tree. */
export type Component = z.output<typeof componentSchema> & { ownFilesPath: string; sourcePath: string };

export type Recipe = z.output<typeof recipeSchema>;
