import type { Bench } from '../bench.ts';
import type { SubjectExploration } from '../explorer/subject-exploration.ts';
import { Appliance } from './appliance.ts';
import type { ReadyClaims } from './believe-ready.ts';

/**
 * How one tells that a unit is back from a state of its disks (`assay explore`), in a full boot and in a fork alike: it
 * recovers, with the identity and the licence that it had before the first state was tried. What it is after a state that made it
 * somebody else is no measure for the next ones.
 *
 * A fork is kept when the unit is about to ask who it is. The loader, the kernel and the operating system are up then; of the
 * data disk only the partition table was read.
 */
export function unitComesBack(
  unit: Appliance,
  { bench, layoutPath }: { bench: Bench; layoutPath: string },
): Required<Pick<SubjectExploration, 'comesBack' | 'forks'>> {
  let known: ReadyClaims | undefined;
  const recoversAsItself = async (tried: Appliance) => {
    known ??= unit.lastReady;
    const now = await tried.recovers();
    known ??= now;
    bench.check('it is who it was', now.systemId, known.systemId);
    bench.check('its licence is what it was', now.licenceLevel, known.licenceLevel);
  };
  return {
    comesBack: async () => {
      await unit.powerOn();
      await recoversAsItself(unit);
    },
    forks: {
      before: /ASSAY STAGE identity\b/,
      comesBack: async ({ machine }) =>
        await recoversAsItself(
          new Appliance(bench, layoutPath, machine.name, unit.disks, unit.hardware, machine),
        ),
    },
  };
}
