import { announce } from '../appliance/announce.ts';
import { restart } from '../appliance/power.ts';
import { coreErrors } from '../errors.ts';
import { emergencyHalf, withoutRestoredBoot } from './emergency-half.ts';
import { primaryHalf } from './primary-half.ts';
import { changeProgress } from './progress.ts';
import { nextStep, runSteps, type StepContext } from './steps.ts';

/**
 * Goes on with pre-install where it stands, in whichever operating system was started. It ends by a restart or with
 * the machine switched off, and never returns; or it throws, and the disk is no master.
 */
export async function continuePreInstall(context: StepContext): Promise<never> {
  const { machine, progress } = context;
  const isPrimaryDone = nextStep(primaryHalf, progress) === undefined;
  announce(`STAGE pre-install in ${machine.system}, completed: ${progress.completed.join(' ') || 'nothing'}`);
  await using bootControl = await machine.bootControl();
  if (machine.system === 'primary') {
    // This start came as far as here: it does not count as a failed one, however many steps restart the machine.
    if (!isPrimaryDone) await bootControl.clearAttempts();
    await runSteps(primaryHalf, context);
    // All is done here: the emergency half was cut off after it had restored the boot control, and has to do that
    // again once this start has changed it.
    await changeProgress(machine, withoutRestoredBoot);
    await bootControl.setTarget('emergency');
    return await restart('to the emergency half of pre-install');
  }
  if (!isPrimaryDone)
    throw coreErrors.CORE_PRE_INSTALL_INCOMPLETE({
      tried: 'go on with pre-install in the emergency system',
      got: 'a primary half that is not completed: the primary does not start',
    });
  await runSteps(emergencyHalf, context);
  throw coreErrors.CORE_PRE_INSTALL_INCOMPLETE({
    tried: 'end pre-install',
    got: 'every step completed, and no mark of a master',
  });
}
