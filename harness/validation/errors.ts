import { errorTable } from '../../foundation/index.ts';

/** Errors of `harness/validation/`; every code has a section in `docs/errors/validation.md`. What is wrong with a disk is a finding, no error. */
export const validationErrors = errorTable({
  VALIDATION_PASSWORD_MISSING: {
    blame: 'usage',
    summary: 'the password for the console is not there',
    remedy: 'set the environment variable that the profile names, or take `console` out of the profile',
  },
  VALIDATION_NOT_READY: {
    blame: 'product',
    summary: 'the appliance was not ready in time',
    remedy:
      'look at the end of its console; if it is only slow, raise `limits.ready` of the profile or --timeout-scale',
  },
  VALIDATION_LOGIN_FAILED: {
    blame: 'product',
    summary: 'one cannot log in on the console as the profile says',
    remedy:
      'compare `console` of the profile with what the console shows, and the password with that of the disk',
  },
  VALIDATION_RECOVERY_INVALID: {
    blame: 'usage',
    summary: 'a claim of recovery cannot be tried',
    remedy:
      'correct `recovery` of the profile; `assay drill --list` shows all faults with their parameters and the moments',
  },
  VALIDATION_RECOVERY_NOT_SHOWN: {
    blame: 'product',
    summary: 'the appliance got over the damage, and its console does not show it as the profile claims',
    remedy:
      'look at its console since the fault: correct `shows` of the claim, or find out why nothing had to be recovered',
  },
});
