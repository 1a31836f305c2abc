import { readFile } from 'node:fs/promises';
import { BootControlStore } from '../boot-loader/boot-control.ts';
import { findDiskByPort, findOptionalDiskByPort } from '../layout/find-disk-by-port.ts';
import { findDisk, findPartition, findRecord, partitionDevice } from '../layout/find-in-layout.ts';
import type { DiskRole, PartitionRole } from '../layout/layout-schema.ts';
import type { ResolvedLayout } from '../layout/resolve-layout.ts';
import { readSealedLayout } from '../layout/sealed-layout.ts';
import { type LicenceRecord, openRecords, type RecordKind, type RecordStore } from '../records/index.ts';

/** The two operating systems of an appliance. */
export type SystemName = 'primary' | 'emergency';

/** The machine this program runs in: which system was started, and where the disks of the layout are. */
export class Machine {
  readonly layout: ResolvedLayout;
  readonly system: SystemName;
  /** The system disk's device: `/dev/vda`. */
  readonly systemDisk: string;
  /** The data disk's device; null when the layout has none, or nothing hangs on its port. */
  readonly dataDisk: string | null;

  constructor(facts: Pick<Machine, 'layout' | 'system' | 'systemDisk' | 'dataDisk'>) {
    this.layout = facts.layout;
    this.system = facts.system;
    this.systemDisk = facts.systemDisk;
    this.dataDisk = facts.dataDisk;
  }

  /** @throws CORE_DISK_NOT_FOUND, CORE_DISK_AMBIGUOUS */
  static async open(): Promise<Machine> {
    const [layout, commandLine] = await Promise.all([readSealedLayout(), readFile('/proc/cmdline', 'utf8')]);
    const systemDisk = await findDiskByPort(findDisk(layout, 'system').ports);
    const dataLayout = layout.disks.find(({ role }) => role === 'data');
    const dataDisk = dataLayout === undefined ? null : await findOptionalDiskByPort(dataLayout.ports);
    return new Machine({ layout, system: startedSystem(layout, commandLine), systemDisk, dataDisk });
  }

  /** Whether the layout wants a data disk. */
  get wantsDataDisk(): boolean {
    return this.layout.disks.some(({ role }) => role === 'data');
  }

  /** The device of a partition, or null when its disk is not there. */
  device(role: PartitionRole): string | null {
    const { disk, partition } = findPartition(this.layout, role);
    const diskDevice = disk.role === 'system' ? this.systemDisk : this.dataDisk;
    return diskDevice === null ? null : partitionDevice(diskDevice, partition.number);
  }

  /** The device of a partition of the system disk. */
  systemDevice(role: PartitionRole): string {
    return partitionDevice(this.systemDisk, findPartition(this.layout, role).partition.number);
  }

  /** Opens a raw record for one access; the caller disposes of it. */
  async record<Payload extends object>(
    kind: RecordKind,
    disk: DiskRole = 'system',
  ): Promise<RecordStore<Payload>> {
    const path = disk === 'system' ? this.systemDisk : this.dataDisk;
    return await openRecords<Payload>(path!, findRecord(this.layout, disk, kind));
  }

  async bootControl(): Promise<BootControlStore> {
    return await BootControlStore.open(this.systemDisk, findRecord(this.layout, 'system', 'boot-control'));
  }

  /** The licence; null when the record is empty or cannot be read, which the page then shows (spec M3). */
  async readLicence(): Promise<LicenceRecord | null> {
    await using record = await this.record<LicenceRecord>('licence');
    const reading = await record.inspect();
    return reading.state === 'valid' ? reading.payload : null;
  }
}

/** The kernel was told which partition to take as root; the layout knows which system lives there. */
function startedSystem(layout: ResolvedLayout, commandLine: string): SystemName {
  const rootNumber = Number(/(?:^|\s)assay\.root=(\d+)/.exec(commandLine)?.[1]);
  const { partition } = findPartition(layout, 'emergency-root');
  return partition.number === rootNumber ? 'emergency' : 'primary';
}
