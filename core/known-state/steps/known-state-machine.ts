import { join } from 'node:path';
import { z } from 'zod';
import type { StepContext } from '../../script/step-kind.ts';
import { type OpenDisk, openDisk } from '../../script/steps/hardware/disk-access.ts';
import { pathInScript } from '../../script/steps/path-in-script.ts';
import {
  type KnownStateConfiguration,
  type LocatedSystem,
  locateSystemPartitions,
  readConfiguration,
} from '../configuration.ts';
import { decisionPath } from '../kept-decision.ts';
import { openPack, type Pack } from '../pack.ts';

/** What the steps of booting to a known state do their work with; tests have folders, and files as disks. */
export interface KnownStateMachine {
  sysFolder: string;
  /** Opens disks. */
  open: OpenDisk;
  /** Where steps leave for each other what was decided. */
  decisionPath: string;
  /** How long disks may take to appear after the medium has started. */
  waitForDisksMs: number;
}

export const knownStateMachine: KnownStateMachine = {
  sysFolder: '/sys',
  open: openDisk,
  decisionPath,
  waitForDisksMs: 10_000,
};

export const systemOption = z
  .string()
  .min(1)
  .default('system')
  .describe('The folder with known-state.json and system.pack, from the folder of the script.');

export interface RedundantSystem {
  configuration: KnownStateConfiguration;
  located: LocatedSystem;
}

/**
 * Reads what the medium knows of the system, and finds its disks.
 *
 * @throws KNOWN_STATE_CONFIGURATION_UNREADABLE, FOUNDATION_CONFIG_INVALID
 */
export async function openSystem(
  system: string,
  { sysFolder, waitForDisksMs }: KnownStateMachine,
  context: StepContext,
): Promise<RedundantSystem> {
  const configuration = await readConfiguration(join(pathInScript(system, context), 'known-state.json'));
  const located = await locateSystemPartitions(configuration, sysFolder, { waitMs: waitForDisksMs });
  for (const { problem } of located.disks) if (problem !== undefined) context.log(problem);
  return { configuration, located };
}

/** Opens the images that the medium carries. @throws KNOWN_STATE_PACK_INVALID */
export async function openSystemPack(system: string, context: StepContext): Promise<Pack> {
  return await openPack(join(pathInScript(system, context), 'system.pack'));
}
