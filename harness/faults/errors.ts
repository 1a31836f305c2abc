import { errorTable } from '../../foundation/index.ts';

/** Errors of `harness/faults/`; every code has a section in `docs/errors/faults.md`. */
export const faultsErrors = errorTable({
  FAULTS_NO_EFFECT: {
    blame: 'harness',
    summary: 'a fault was injected and changed nothing',
    remedy: 'aim at bytes that are different from what is written: zeros over zeros are no fault',
  },
  FAULTS_NOT_WRITTEN: {
    blame: 'harness',
    summary: 'a fault does not read back as it was written',
    remedy: 'see that nothing else writes to the disk: its machine has to be off',
  },
  FAULTS_TARGET_INVALID: {
    blame: 'usage',
    summary: 'a fault cannot be injected there',
    remedy: 'name an image file that may be written to, and a range that lies in it',
  },
});
