import { errorTable } from '../../foundation/index.ts';

/** Errors of `harness/inspection/`; every code has a section in `docs/errors/inspection.md`. What is wrong with a disk is a finding, no error. */
export const inspectionErrors = errorTable({
  INSPECTION_NOT_RAW: {
    blame: 'usage',
    summary: 'the image is not a raw disk image',
    remedy:
      'convert it first: qemu-img convert -O raw disk.qcow2 disk.raw, or unpack it: xz -dk, zstd -d, gunzip -k',
  },
});
