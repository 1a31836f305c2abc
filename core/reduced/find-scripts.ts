import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { scriptErrors } from '../script/errors.ts';
import type { StepContext } from '../script/step-kind.ts';
import { failureWords } from '../script/steps/failure-words.ts';
import { mountRemovable } from '../script/steps/hardware/removable-disks.ts';
import { usbDisksPending } from '../script/steps/hardware/usb-disks.ts';
import { bringUpNetwork, machineNetworkPlaces } from '../script/steps/network/bring-up-network.ts';
import { download } from '../script/steps/network/download.ts';
import { requestHttp } from '../script/steps/network/http-request.ts';
import { loadCardDrivers } from '../script/steps/network/load-card-drivers.ts';
import type { SessionPlaces } from './session-places.ts';

export interface FindSurroundings extends Pick<StepContext, 'runProgram' | 'signal'> {
  places: SessionPlaces;
  /** Whether there is an address with which servers can be asked. */
  hasNetwork?(): boolean;
  /** Between attempts to fetch a script. */
  pauseMs?: number;
}

/** How long disks may take from being plugged in to being there. */
const usbMs = 10_000;

const attempts = 3;

/**
 * Finds scripts (spec R5): `/assay/script.yaml` on the medium and on removable disks, and what servers have. A place without
 * a script is left out; a server that does not give its script is an error.
 *
 * @param sources `medium`, `removable`, or HTTP addresses.
 * @returns Paths, in the order of the sources.
 * @throws SCRIPT_FETCH_FAILED, SCRIPT_NETWORK_NOT_STARTED
 */
export async function findScripts(
  sources: readonly string[],
  surroundings: FindSurroundings,
): Promise<string[]> {
  const { mediumFolder } = surroundings.places;
  const paths: string[] = [];
  for (const [index, source] of sources.entries()) {
    if (source === 'medium') paths.push(join(mediumFolder, 'script.yaml'));
    else if (source === 'removable') paths.push(...(await onRemovableDisks(surroundings)));
    else paths.push(await fromServer(source, index + 1, surroundings));
  }
  return paths.filter((path) => existsSync(path));
}

async function onRemovableDisks({ places, runProgram, signal }: FindSurroundings): Promise<string[]> {
  for (let waitedMs = 0; waitedMs < usbMs && usbDisksPending(places.sysFolder); waitedMs += 100) {
    await delay(100, undefined, { signal });
  }
  // They stay mounted: scripts use what lies beside them.
  const volumes = await mountRemovable(places, runProgram);
  return volumes.map(({ folder }) => join(folder, 'assay/script.yaml'));
}

async function fromServer(address: string, number: number, surroundings: FindSurroundings): Promise<string> {
  const { places, signal, runProgram, hasNetwork = hasAddress, pauseMs = 2000 } = surroundings;
  if (!hasNetwork()) {
    await loadCardDrivers(places.sysFolder, runProgram);
    const networkPlaces = { ...machineNetworkPlaces, sysFolder: places.sysFolder };
    await bringUpNetwork({ card: 'first', address: 'dhcp' }, { runProgram, signal }, networkPlaces);
  }
  const url = new URL(address);
  const path = join(places.stateFolder, 'scripts', `${number}-script.yaml`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await download(() => requestHttp(url, { signal }), path, { signal });
      return path;
    } catch (error) {
      signal.throwIfAborted();
      const { isFinal = false } = error as { isFinal?: boolean };
      if (attempt >= attempts || isFinal) {
        // Without user and password, which may stand in the address.
        const tried = `fetch the script ${url.origin}${url.pathname}`;
        throw scriptErrors.SCRIPT_FETCH_FAILED({ tried, got: failureWords(error) }, error);
      }
      await delay(pauseMs, undefined, { signal });
    }
  }
}

function hasAddress(): boolean {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.some((address) => address?.family === 'IPv4' && !address.internal);
}
