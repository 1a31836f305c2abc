import type { Options } from 'yargs';
import { diskControllers } from '../../vm/index.ts';
import { deliveredMatrix } from '../drills/matrix/delivered-matrix.ts';

/** What `drill` takes for campaigns. */
export const campaignOptions: Record<string, Options> = {
  matrix: {
    type: 'string',
    describe: `a campaign: the drills of a matrix, shuffled by the seed (without a file: ${deliveredMatrix})`,
  },
  budget: {
    type: 'string',
    requiresArg: true,
    describe: 'begin no drill after so long: 30min; what runs then goes on to its end',
  },
  resume: {
    type: 'string',
    requiresArg: true,
    describe: 'with --matrix: only what this run of the matrix did not come to, in the same order',
  },
};

/** What `drill` takes for how the machines are built. */
export const axisOptions: Record<string, Options> = {
  controller: {
    type: 'string',
    requiresArg: true,
    choices: diskControllers,
    describe: 'what disks are on whose controller the scenario leaves open',
  },
  layout: {
    type: 'string',
    requiresArg: true,
    describe: 'the layout of units whose scenario leaves it open: a name of Assay, or a file of your own',
  },
};

/** What `drill` takes for first starts that drills have in common. */
export const checkpointsOption: Record<string, Options> = {
  checkpoints: {
    type: 'boolean',
    default: true,
    describe: 'drills that begin alike share their first start; --no-checkpoints makes it in each',
  },
};
