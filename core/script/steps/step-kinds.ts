import { choosePartition } from '../../known-state/steps/choose-partition.ts';
import { continueBoot } from '../../known-state/steps/continue-boot.ts';
import { recoverSystemStep } from '../../known-state/steps/recover-system.ts';
import { verifyBootRecord } from '../../known-state/steps/verify-boot-record.ts';
import type { StepKind } from '../step-kind.ts';
import { backUp } from './back-up.ts';
import { copy } from './copy.ts';
import { fetchFile } from './fetch.ts';
import { installImage } from './install-image.ts';
import { loadDrivers } from './load-drivers.ts';
import { notify } from './notify.ts';
import { partitionDisk } from './partition-disk.ts';
import { patchFile } from './patch-file.ts';
import { makeRepairMachines } from './repair-machines.ts';
import { restart } from './restart.ts';
import { restore } from './restore.ts';
import { runCommand } from './run-command.ts';
import { shutDown } from './shut-down.ts';
import { startNetwork } from './start-network.ts';
import { testHardware } from './test-hardware.ts';
import { verify } from './verify.ts';
import { writeLog } from './write-log.ts';

/** Every kind of step that a script can name, but for `call`, which is the language's own (spec R5). */
export const stepKinds: readonly StepKind[] = [
  backUp,
  copy,
  installImage,
  partitionDisk,
  patchFile,
  restore,
  verify,
  verifyBootRecord,
  choosePartition,
  continueBoot,
  recoverSystemStep,
  fetchFile,
  loadDrivers,
  notify,
  // What it sends is checked with all of these.
  makeRepairMachines(() => stepKinds),
  restart,
  runCommand,
  shutDown,
  startNetwork,
  testHardware,
  writeLog,
];
