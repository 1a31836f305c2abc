import { harnessErrors } from '../errors.ts';
import type { ApplianceServices } from './appliance-services.ts';
import type { ReadyReport } from './ready-report.ts';

/** Of what an appliance says of itself, what its services have to say, too. */
export type ReadyClaims = Pick<ReadyReport, 'systemId' | 'licenceLevel'>;

/**
 * Believes that an appliance is ready only when its page, its status and its data base say so over TCP.
 *
 * @throws HARNESS_READY_UNTRUE, and what the requests throw.
 */
export async function believeReady(
  unit: ApplianceServices,
  { systemId, licenceLevel }: Partial<ReadyClaims>,
): Promise<void> {
  const page = await unit.request('/');
  const status = await unit.status();
  const rows = await unit.sql('select count(*) as count from facts');
  const got = {
    page: page.status,
    systemId: status.systemId,
    licenceLevel: status.licenceLevel,
    state: status.state,
    sqlAnswers: rows.length,
  };
  const expected = { page: 200, systemId, licenceLevel, state: 'ready', sqlAnswers: 1 };
  if (JSON.stringify(got) === JSON.stringify(expected)) return;
  throw harnessErrors.HARNESS_READY_UNTRUE({
    tried: `believe that appliance ${unit.name} is ready`,
    expected: JSON.stringify(expected),
    got: JSON.stringify(got),
  });
}
