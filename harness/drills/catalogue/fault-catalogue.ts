import type { FaultDeclaration } from '../fault-declaration.ts';
import { backupFaults } from './backup-faults.ts';
import { bootFaults } from './boot-faults.ts';
import { bootStateFaults } from './boot-state-faults.ts';
import { fileSystemFaults } from './file-system-faults.ts';
import { hardwareFaults } from './hardware-faults.ts';
import { machineFaults } from './machine-faults.ts';
import { movingDiskFaults } from './moving-disk-faults.ts';
import { networkFaults } from './network-faults.ts';
import { notOfProduct } from './not-of-product.ts';
import { powerFaults } from './power-faults.ts';
import { rawSectorFaults } from './raw-sector-faults.ts';
import { recordFaults } from './record-faults.ts';
import { replacedDiskFaults } from './replaced-disk-faults.ts';
import { serviceFaults } from './service-faults.ts';

/** All faults that Assay has (spec H4), in the order of their layers. `docs/faults.md` is made from it. */
export const faultCatalogue: readonly FaultDeclaration[] = [
  ...rawSectorFaults,
  ...bootFaults,
  ...fileSystemFaults,
  ...recordFaults,
  ...backupFaults,
  ...bootStateFaults,
  ...movingDiskFaults,
  ...powerFaults,
  ...machineFaults,
  ...hardwareFaults,
  ...replacedDiskFaults,
  ...networkFaults,
  ...serviceFaults,
].map(notOfProduct);
