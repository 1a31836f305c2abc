import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type MachineRecord, readMachineRecord } from './machine-record.ts';

/** The records of an attempt's machines, by the machine's name. None where nothing was started, or was kept. */
export async function machineRecordsOf(evidenceFolder: string): Promise<Map<string, MachineRecord>> {
  const entries = await readdir(evidenceFolder, { withFileTypes: true }).catch(() => []);
  const records = new Map<string, MachineRecord>();
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const record = await readMachineRecord(join(evidenceFolder, name));
    if (record !== undefined) records.set(record.name, record);
  }
  return records;
}
