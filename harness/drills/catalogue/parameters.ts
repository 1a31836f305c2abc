import { z } from 'zod';

/** How bytes are damaged, as `harness/faults/` does it. */
export const how = z.enum(['zero', 'flip', 'random']).default('random');

/** A partition's number, or its role in the layout. */
export const partition = z.union([z.int().positive(), z.string().min(1)]);

/** Of a record or a file system that is kept more than once. */
export const copies = z.enum(['first', 'all']);

/** Whether hardware is as it was when the faults are stopped. */
export const back = z.boolean().default(true);

/** Of a network card. */
export const card = z.int().min(0).max(3).default(0).describe('number of the card, from 0');

/** How long something goes on. */
export const seconds = z
  .number()
  .positive()
  .max(3600)
  .optional()
  .describe('so long; until the faults are stopped without it');
