import { vmErrors } from './errors.ts';
import type { QmpClient } from './qmp-client.ts';

/** QEMU's name of the drive. */
export const cdDeviceId = 'cd';

/** The port of the AHCI controller that is the CD drive's, whatever else a machine has. */
export const cdPort = 5;

/** What lies in a machine's CD drive; it stays there over power cycles. */
export class CdDrive {
  readonly #machineName: string;
  readonly #hasDrive: boolean;
  #mediumPath: string | undefined;

  constructor(machineName: string, cdPath: string | undefined) {
    this.#machineName = machineName;
    this.#hasDrive = cdPath !== undefined;
    this.#mediumPath = cdPath;
  }

  /** The ISO image that is in the drive; undefined when it is empty, or there is no drive. */
  get mediumPath(): string | undefined {
    return this.#mediumPath;
  }

  /**
   * Puts an image into the drive in place of what is there.
   *
   * @param qmp Of the machine when it is on.
   * @throws VM_SPEC_INVALID when there is no drive, VM_QMP_FAILED when the image cannot be opened.
   */
  async insert(path: string, qmp: QmpClient | undefined): Promise<void> {
    this.#assertDrive(`insert ${path}`);
    await qmp?.execute('blockdev-change-medium', {
      id: cdDeviceId,
      filename: path,
      format: 'raw',
      'read-only-mode': 'read-only',
      // The drive does not wait for a guest that has locked it.
      force: true,
    });
    this.#mediumPath = path;
  }

  /** Takes out what is in the drive; an empty one stays as it is. @throws VM_SPEC_INVALID when there is no drive. */
  async eject(qmp: QmpClient | undefined): Promise<void> {
    this.#assertDrive('eject the CD');
    await qmp?.execute('eject', { id: cdDeviceId, force: true });
    this.#mediumPath = undefined;
  }

  #assertDrive(tried: string): void {
    if (this.#hasDrive) return;
    throw vmErrors.VM_SPEC_INVALID({
      tried: `${tried} on machine ${this.#machineName}`,
      expected: 'a machine with a CD drive: cdPath in its declaration',
    });
  }
}
