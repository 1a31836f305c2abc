import { z } from 'zod';
import { parseConfig } from '../../foundation/index.ts';
import { diskControllers } from '../../vm/index.ts';
import type { DrillAxes } from '../drills/machine-variation.ts';
import { layoutName } from '../drills/matrix/matrix-schema.ts';
import type { Words } from './command.ts';
import { text } from './option-values.ts';

const axes = z.strictObject({
  controller: z.enum(diskControllers).optional(),
  layout: layoutName.optional(),
});

/** The axes that the command line names. @throws FOUNDATION_CONFIG_INVALID with the nearest layout */
export function axesOf(words: Words): DrillAxes {
  return parseConfig(
    axes,
    { controller: text(words, 'controller'), layout: text(words, 'layout') },
    'the options',
  );
}
