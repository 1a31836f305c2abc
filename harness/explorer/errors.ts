import { errorTable } from '../../foundation/index.ts';

/** Errors of `harness/explorer/`; every code has a section in `docs/errors/explorer.md`. */
export const explorerErrors = errorTable({
  EXPLORER_NO_SUBJECT: {
    blame: 'usage',
    summary: 'the scenario does not say what it is about, or how one tells that it is back',
    remedy: 'call bench.subject in the scenario, or explore one that uses a factory or a redundant unit',
  },
  EXPLORER_NO_DISK: {
    blame: 'usage',
    summary: 'the machine has no such disk whose writes can be recorded',
    remedy:
      'name one of its virtio disks with --disk; writes to others are not recorded as the guest meant them',
  },
  EXPLORER_SPAN_EMPTY: {
    blame: 'usage',
    summary: 'nothing was written in the span',
    remedy:
      'choose a span in which the machine is on and writes; `assay run` shows the steps of the scenario',
  },
  EXPLORER_RECORDING_UNREADABLE: {
    blame: 'usage',
    summary: 'a recording cannot be read',
    remedy: 'give the folder that the report names; it goes with the run, unless it was kept',
  },
  EXPLORER_NOT_LEGAL: {
    blame: 'product',
    summary: 'a power cut can lose what the product had promised, or leave it unable to come back',
    remedy: 'run the command that is named: it makes the same disk and shows what the product does with it',
  },
  EXPLORER_FORK_DISAGREES: {
    blame: 'harness',
    summary: 'a fork does not come back from a state, and a machine that is booted in full with it does',
    remedy: 'repeat the state with the command that is named; with --no-forks every state is booted in full',
  },
  EXPLORER_LOG_MISMATCH: {
    blame: 'harness',
    summary: 'a write log does not belong to this base image',
    remedy: 'give the image as it was when the machine of the log was powered on',
  },
  EXPLORER_STATE_INVALID: {
    blame: 'usage',
    summary: 'a power cut cannot leave a disk in this state',
    remedy: 'copy the state as it was printed, and use it with the log that it was printed for',
  },
  EXPLORER_STATE_NOT_WRITTEN: {
    blame: 'harness',
    summary: 'the state of a disk could not be made',
    remedy: 'see that neither the base image nor the log is written to meanwhile',
  },
});
