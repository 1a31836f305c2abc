import { join } from 'node:path';
import { EthernetSwitch } from './ethernet-switch.ts';

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
