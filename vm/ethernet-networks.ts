import { join } from 'node:path';
import { vmErrors } from './errors.ts';
import { EthernetSwitch } from './ethernet-switch.ts';
import type { ResolvedMachineSpec } from './machine-spec.ts';

/** The networks between the machines of one scenario, by name; each is there from its first use to the scenario's end. */
export class EthernetNetworks {
  readonly #runtimeFolder: string;
  readonly #switches = new Map<string, Promise<EthernetSwitch>>();

  /** @param runtimeFolder For their sockets: short, and nobody else's. */
  constructor(runtimeFolder: string) {
    this.#runtimeFolder = runtimeFolder;
  }

  /**
   * The socket at which a machine's QEMU plugs into the network of this name.
   *
   * @throws VM_SPEC_INVALID when the runtime folder's path is too long for a socket.
   */
  async socketPathOf(name: string): Promise<string> {
    let made = this.#switches.get(name);
    if (made === undefined) {
      made = EthernetSwitch.listen(join(this.#runtimeFolder, `${name}.network.sock`));
      this.#switches.set(name, made);
    }
    return (await made).socketPath;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const made of this.#switches.values()) {
      // One that could not be made was told to whoever asked for it.
      const ethernet = await made.catch(() => undefined);
      await ethernet?.[Symbol.asyncDispose]();
    }
    this.#switches.clear();
  }
}

/**
 * Where the cards of a machine are plugged in, by the names of their networks.
 *
 * @throws VM_SPEC_INVALID when there are no networks to plug into.
 */
export async function socketPathsOf(
  { name, nics }: Pick<ResolvedMachineSpec, 'name' | 'nics'>,
  networks: EthernetNetworks | undefined,
): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const { network } of nics) {
    if (network === undefined) continue;
    const path = await networks?.socketPathOf(network);
    if (path === undefined) {
      throw vmErrors.VM_SPEC_INVALID({
        tried: `plug machine ${name} into the network ${network}`,
        got: 'a context without networks between machines',
      });
    }
    paths.set(network, path);
  }
  return paths;
}
