import { claimText } from './claim-text.ts';
import type { FindingList } from './finding-list.ts';
import type { GptCopy } from './gpt-copy.ts';
import type { ClaimedPartition } from './partition-reading.ts';

/** Judges what only the entries of a GPT have: GUIDs, names, the usable area (UEFI 2.10, 5.3.3). */
export function judgeGptEntries(
  { header, sectorBytes }: GptCopy,
  partitions: readonly ClaimedPartition[],
  findings: FindingList,
): void {
  const unit = BigInt(sectorBytes);
  const usableStart = header.firstUsableSector * unit;
  const usableEnd = (header.lastUsableSector + 1n) * unit;
  const guids = new Map([[header.diskGuid, 'the disk']]);
  const names = new Map<string, string>();
  for (const claim of partitions) {
    const { number, uniqueId, name, startBytes, endBytes } = claim;
    const where = `partition ${number}`;
    if (endBytes > startBytes && (startBytes < usableStart || endBytes > usableEnd)) {
      const area = `sectors ${header.firstUsableSector} to ${header.lastUsableSector}`;
      findings.add('gpt-outside-usable', where, `${claimText(claim, sectorBytes)}; usable are ${area}`);
    }
    if (/^[0-]+$/.test(uniqueId!)) findings.add('gpt-guid-zero', where, `its GUID is ${uniqueId}`);
    else if (guids.has(uniqueId!)) {
      findings.add('gpt-guid-duplicate', where, `${guids.get(uniqueId!)} has the same GUID, ${uniqueId}`);
    } else guids.set(uniqueId!, where);
    if (name !== undefined && names.has(name)) {
      findings.add('gpt-name-duplicate', where, `${names.get(name)} has the same name, ${name}`);
    } else if (name !== undefined) names.set(name, where);
  }
}
