import type { Options } from 'yargs';

/** What `drill` and `rerun` take for shrinking. */
export const shrinkOptions: Record<string, Options> = {
  shrink: {
    type: 'boolean',
    describe: 'take faults out of the plan of a drill that fails, as long as it still fails',
  },
  'any-failure': {
    type: 'boolean',
    describe: 'with --shrink: any failure of the product counts, not only that of the whole plan',
  },
};
