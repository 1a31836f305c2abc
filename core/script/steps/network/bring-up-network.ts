import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeFileDurably } from '../../../../foundation/index.ts';
import { scriptErrors } from '../../errors.ts';
import type { StepContext } from '../../step-kind.ts';
import { failureWords } from '../failure-words.ts';
import { hasCarrier, listNetworkCards } from '../hardware/network-cards.ts';
import { describePciDevice, listPciDevices } from '../hardware/pci-devices.ts';
import { readSysFolder } from '../hardware/sys-file.ts';

export interface NetworkOptions {
  /** The card's name, or `first`. */
  card: string;
  /** `dhcp`, or an address with the length of its network: `10.0.2.15/24`. */
  address: string;
  gateway?: string;
  nameServers?: readonly string[];
}

export interface NetworkPlaces {
  sysFolder: string;
  resolverPath: string;
  dhcpScript: string;
  /** How long a card may take to appear after its driver was loaded. */
  cardMs: number;
}

export const machineNetworkPlaces: NetworkPlaces = {
  sysFolder: '/sys',
  resolverPath: '/run/resolv.conf',
  dhcpScript: '/etc/udhcpc/default.script',
  cardMs: 5000,
};

const pollMs = 100;

/**
 * Switches a card on and gives it an address (spec R8). DHCP is asked once, ten times in ten seconds; the lease is not
 * renewed, for what runs here is over before.
 *
 * @returns The card, and the address that it has now.
 * @throws SCRIPT_NETWORK_NOT_STARTED saying what is missing.
 */
export async function bringUpNetwork(
  options: NetworkOptions,
  context: Pick<StepContext, 'signal' | 'runProgram'>,
  places: NetworkPlaces = machineNetworkPlaces,
): Promise<{ card: string; address: string }> {
  const { runProgram, signal } = context;
  const card = await findCard(options.card, places, signal);
  try {
    await runProgram('ip', ['link', 'set', card, 'up']);
    if (options.address === 'dhcp') {
      const limits = ['-q', '-n', '-T', '1', '-t', '10'];
      await runProgram('udhcpc', [...limits, '-i', card, '-s', places.dhcpScript]);
    } else await setAddress(card, options, runProgram);
    const { nameServers } = options;
    if (nameServers !== undefined) {
      await writeFileDurably(places.resolverPath, nameServers.map((name) => `nameserver ${name}\n`).join(''));
    }
    const text = await runProgram('ip', ['-f', 'inet', '-o', 'address', 'show', 'dev', card]);
    return { card, address: /inet (\S+)/.exec(text)?.[1] ?? options.address };
  } catch (error) {
    signal.throwIfAborted();
    const carrier = hasCarrier(places.sysFolder, card) ? 'has a carrier' : 'has no carrier: see its cable';
    throw scriptErrors.SCRIPT_NETWORK_NOT_STARTED(
      {
        tried: `start the network on ${card} with ${options.address}`,
        expected: options.address === 'dhcp' ? 'an address from a DHCP server' : 'the address to be taken',
        got: `${failureWords(error)}; ${card} ${carrier}`,
      },
      error,
    );
  }
}

async function findCard(wanted: string, places: NetworkPlaces, signal: AbortSignal): Promise<string> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const cards = listNetworkCards(places.sysFolder).map(({ name }) => name);
    const card = wanted === 'first' ? cards[0] : cards.find((name) => name === wanted);
    if (card !== undefined) return card;
    if (waitedMs >= places.cardMs) throw noCard(wanted, places);
    await delay(pollMs, undefined, { signal });
  }
}

function noCard(wanted: string, { sysFolder }: NetworkPlaces): Error {
  const devices = listPciDevices(sysFolder).filter(
    ({ kind, driver }) => kind === 'network' && driver === null,
  );
  const without = devices.map((device) => `no driver for ${describePciDevice(device)}`);
  const folder = join(sysFolder, 'class/net');
  const names = readSysFolder(folder).join(', ') || 'nothing';
  return scriptErrors.SCRIPT_NETWORK_NOT_STARTED({
    tried: 'start the network',
    where: folder,
    expected: wanted === 'first' ? 'a network card' : `the network card ${wanted}`,
    got: [names, ...without].join('; '),
  });
}

async function setAddress(
  card: string,
  { address, gateway }: NetworkOptions,
  runProgram: StepContext['runProgram'],
): Promise<void> {
  await runProgram('ip', ['address', 'replace', address, 'dev', card]);
  if (gateway !== undefined) {
    await runProgram('ip', ['route', 'replace', 'default', 'via', gateway, 'dev', card]);
  }
}
