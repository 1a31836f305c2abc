import { errorTable } from '../../../foundation/index.ts';

/** Errors of `harness/validation/divergence/`; every code has a section in `docs/errors/divergence.md`. */
export const divergenceErrors = errorTable({
  DIVERGENCE_OVERLAY_UNREADABLE: {
    blame: 'harness',
    summary: 'what a machine has written to a disk cannot be told from its overlay',
    remedy: 'look at the overlay with qemu-img info and qemu-img map; the machine has to be off',
  },
});
