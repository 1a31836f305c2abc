import { errorTable } from '../../foundation/index.ts';

/** Errors of `harness/drills/`; every code has a section in `docs/errors/drills.md`. */
export const drillsErrors = errorTable({
  DRILLS_FAULT_UNKNOWN: {
    blame: 'usage',
    summary: 'there is no fault of this name',
    remedy: '`assay drill --list` shows all faults',
  },
  DRILLS_PLAN_INVALID: {
    blame: 'usage',
    summary: 'a planned fault is written wrongly',
    remedy:
      "write it as in 'boot-record-damaged disk=system how=zero at power-on:2'; `assay drill --list` shows parameters",
  },
  DRILLS_NOT_APPLICABLE: {
    blame: 'usage',
    summary: 'the fault does not fit this machine',
    remedy: 'choose a fault, a disk or a parameter that the machine has',
  },
  DRILLS_WRONG_MOMENT: {
    blame: 'usage',
    summary: 'the fault cannot be injected at this moment',
    remedy:
      'a fault that needs the machine off is placed at power-on, one that needs it on at any other moment',
  },
  DRILLS_MOMENT_NEVER_CAME: {
    blame: 'harness',
    summary: 'the scenario was over and the moment of a fault had not come',
    remedy: 'choose a moment that this scenario reaches; the report shows its steps and its console',
  },
  DRILLS_FAULT_WITHOUT_EFFECT: {
    blame: 'harness',
    summary: 'a fault was injected and nothing came of it',
    remedy:
      'choose sectors, a moment or a number that the machine really uses: a drill without its fault says nothing',
  },
  DRILLS_INJECTION_FAILED: {
    blame: 'harness',
    summary: 'a fault could not be injected',
    remedy: 'see what went wrong below; the product has not been judged',
  },
  DRILLS_NO_SUBJECT: {
    blame: 'usage',
    summary: 'the scenario does not say how one tells that its machine is well again',
    remedy: 'call bench.subject in the scenario, or drill one that uses a factory or a redundant unit',
  },
  DRILLS_MATRIX_INVALID: {
    blame: 'usage',
    summary: 'a matrix of drills cannot be used',
    remedy: 'correct what is named; docs/drills.md, "Campaigns", says what a matrix holds',
  },
  DRILLS_QUARANTINE_EXPIRED: {
    blame: 'usage',
    summary: 'the quarantine of a drill has expired',
    remedy: 'mend what it fails by and remove the entry, or give it a new reason and date',
  },
  DRILLS_RESUME_OTHER: {
    blame: 'usage',
    summary: 'the run is not one of this campaign',
    remedy:
      'name the run, the matrix and the seed that belong together; without --seed, that of the run is taken',
  },
  DRILLS_WELL_INSTEAD: {
    blame: 'product',
    summary: 'the machine became well where it should have refused to work',
    remedy: 'if it is right that it works, drill without --ends; else see what it took for good',
  },
  DRILLS_NOT_REFUSED: {
    blame: 'product',
    summary: 'the machine neither refused to work, as it should have, nor became well in time',
    remedy: 'look at its console since the fault: it has to say why it does not work, as the pattern has it',
  },
  DRILLS_NOT_WELL: {
    blame: 'product',
    summary: 'after the faults were stopped, the machine did not become well again in time',
    remedy: 'look at its console since the fault; the command that is named runs the same drill again',
  },
});
