import { z } from 'zod';
import { type StepKind, stepKind } from '../step-kind.ts';
import { bringUpNetwork, machineNetworkPlaces, type NetworkPlaces } from './network/bring-up-network.ts';

const options = z
  .strictObject({
    card: z
      .string()
      .regex(/^[a-z][a-z0-9_.-]*$/, 'a network card is called like eth0; or write first')
      .default('first')
      .describe('The card, such as eth0, or first.'),
    address: z
      .union([z.literal('dhcp'), z.cidrv4()], { error: 'must be dhcp, or an address such as 10.0.2.15/24' })
      .default('dhcp')
      .describe('dhcp, or an address with the length of its network: 10.0.2.15/24.'),
    gateway: z.ipv4('a gateway is an IPv4 address').optional().describe('The way to other networks.'),
    nameServers: z
      .array(z.ipv4('a name server is an IPv4 address'))
      .min(1)
      .optional()
      .describe('Who knows the addresses of names; with dhcp, instead of what the server says.'),
  })
  .refine(
    ({ address, gateway }) => address !== 'dhcp' || gateway === undefined,
    'with dhcp, the gateway is the server’s affair',
  );

/**
 * Starts the network (spec R8: it is the script's affair). Loads no driver: `load-drivers` does.
 *
 * @throws SCRIPT_NETWORK_NOT_STARTED
 */
export function makeStartNetwork(places: NetworkPlaces = machineNetworkPlaces): StepKind<typeof options> {
  return stepKind({
    name: 'start-network',
    summary: 'switch a network card on and give it an address, by DHCP or as written',
    options,
    async run({ card, address, gateway, nameServers }, context) {
      const wanted = { card, address, ...(gateway && { gateway }), ...(nameServers && { nameServers }) };
      return await bringUpNetwork(wanted, context, places);
    },
  });
}

export const startNetwork = makeStartNetwork();
