import { errorTable } from './assay-error.ts';

/** Errors of `foundation/`; every code has a heading in `docs/errors.md`. */
export const foundationErrors = errorTable({
  FOUNDATION_TOOL_MISSING: {
    blame: 'host',
    summary: 'a program that Assay needs is not installed',
    remedy: 'install the Debian package that has it: `assay doctor` names it; in a checkout, run ./setup',
  },
  FOUNDATION_TOOL_FAILED: {
    blame: 'host',
    summary: 'a program ended with an error',
    remedy: 'read what it printed; `assay doctor` checks tools and disk space',
  },
  FOUNDATION_SANDBOX_FAILED: {
    blame: 'host',
    summary: 'a program cannot be started without privileges',
    remedy: 'start it by hand as "got" says: setpriv and prlimit of util-linux have to work here',
  },
  FOUNDATION_DISK_FULL: {
    blame: 'host',
    summary: 'no space is left on the file system',
    remedy: 'free some space: `assay clean` empties runs and caches, `df -h` shows what is left',
  },
  FOUNDATION_SIZE_INVALID: {
    blame: 'usage',
    summary: 'a size cannot be read',
    remedy: 'write a whole number with a unit: 512B, 64KiB, 300MiB, 2GiB',
  },
  FOUNDATION_CONFIG_INVALID: {
    blame: 'usage',
    summary: 'a configuration does not follow its schema',
    remedy: 'correct the place that is named',
  },
  FOUNDATION_DEADLINE_EXCEEDED: {
    blame: 'harness',
    summary: 'an operation did not end within its deadline',
    remedy: 'on a slow or busy host raise the deadlines with --timeout-scale',
  },
});
