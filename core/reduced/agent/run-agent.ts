import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AssayError, errorMessage } from '../../../foundation/index.ts';
import { readAgentKey } from '../../script/remote/agent-key.ts';
import { linkLocalAddress } from '../../script/remote/link-local-address.ts';
import { switchOnCards } from '../../script/remote/switch-on-cards.ts';
import { bringUpNetwork, machineNetworkPlaces } from '../../script/steps/network/bring-up-network.ts';
import { loadCardDrivers } from '../../script/steps/network/load-card-drivers.ts';
import type { AgentConfiguration } from '../medium-configuration.ts';
import { exitCodes, type RunSurroundings } from '../run-scripts.ts';
import type { SessionPlaces } from '../session-places.ts';
import { listenForScripts } from './listen-for-scripts.ts';

/**
 * The agent of the reduced operating system (spec R10): switches the network cards on, and runs what is sent by whoever has
 * the key, beside the prompt, until the signal is aborted or the machine ends.
 *
 * @returns One of {@link exitCodes}.
 */
export async function runAgent(
  configuration: AgentConfiguration,
  { places, ...surroundings }: RunSurroundings & { places: SessionPlaces },
): Promise<number> {
  const { announce, signal } = surroundings;
  try {
    const key = await readAgentKey(join(places.mediumFolder, configuration.key));
    const cards = await startCards(configuration, places, surroundings);
    const workFolder = join(places.stateFolder, 'agent');
    const server = await listenForScripts({ ...surroundings, key, port: configuration.port, workFolder });
    announce(`AGENT listening on port ${configuration.port}: ${cards.join(', ')}`);
    await untilAborted(signal);
    server.close();
    server.closeAllConnections();
    return exitCodes.ended;
  } catch (error) {
    const code = error instanceof AssayError ? `${error.code}: ` : '';
    announce(`AGENT failed ${code}${errorMessage(error)}`);
    return exitCodes.failed;
  }
}

/** @returns What each card is called from afar. */
async function startCards(
  { dhcp }: AgentConfiguration,
  { sysFolder }: SessionPlaces,
  surroundings: RunSurroundings,
): Promise<string[]> {
  const { announce, signal } = surroundings;
  const runProgram = (name: string, words: readonly string[]) =>
    surroundings.runProgram(name, words, { signal });
  await loadCardDrivers(sysFolder, runProgram);
  const cards = await switchOnCards({ sysFolder }, { runProgram, signal });
  return await Promise.all(
    cards.map(async ({ name, macAddress }) => {
      const own = `${name} ${macAddress} ${linkLocalAddress(macAddress)}`;
      if (!dhcp) return own;
      try {
        const places = { ...machineNetworkPlaces, sysFolder };
        const wanted = { card: name, address: 'dhcp' };
        return `${own} ${(await bringUpNetwork(wanted, { runProgram, signal }, places)).address}`;
      } catch (error) {
        // By its MAC address it can be reached all the same.
        announce(`AGENT without an address: ${errorMessage(error)}`);
        return own;
      }
    }),
  );
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await delay(86_400_000, undefined, { signal }).catch(() => {});
}
