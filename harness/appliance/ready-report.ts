import { z } from 'zod';
import { harnessErrors } from '../errors.ts';

const readyReport = z.looseObject({
  system: z.enum(['primary', 'emergency']),
  systemId: z.string().min(1),
  identityNumber: z.string().min(1),
  hostName: z.string().min(1),
  licenceLevel: z.string().min(1),
  layout: z.string(),
  isFirstBoot: z.boolean(),
});

/** What an appliance says of itself in its one line `ASSAY READY {…}`. */
export type ReadyReport = z.output<typeof readyReport>;

/** @throws HARNESS_APPLIANCE_FAILED when the line does not say what a ready appliance has to. */
export function parseReadyReport(text: string, unit: string): ReadyReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = text;
  }
  const result = readyReport.safeParse(value);
  if (result.success) return result.data;
  throw harnessErrors.HARNESS_APPLIANCE_FAILED({
    tried: `read the ready line of appliance ${unit}`,
    expected: 'JSON with system, systemId, identityNumber, hostName, licenceLevel, layout, isFirstBoot',
    got: text.slice(0, 500),
  });
}
