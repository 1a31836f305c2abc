import { formatSize } from '../../../foundation/index.ts';
import type { FoundGpt } from './find-gpt.ts';
import type { FindingList } from './finding-list.ts';
import type { GptCopy, GptHeader } from './gpt-copy.ts';

/** Judges the copies of a GPT: their health, whether they agree, and whether they fit the disk (UEFI 2.10, 5.3.1 and 5.3.2). */
export function judgeGptHeaders(found: FoundGpt, chosen: GptCopy | undefined, findings: FindingList): void {
  judgeHealth(found, findings);
  if (chosen !== undefined) {
    judgePlace(found, chosen, findings);
    judgeFields(chosen, findings);
  }
  if (found.primary?.damage === '' && found.backup?.damage === '') {
    judgeAgreement(found.primary, found.backup, findings);
  }
  if (found.sectorBytes === 4096) {
    findings.add(
      'gpt-sectors-4k',
      'byte 4096',
      'the header of the GPT is at byte 4096, where sector 1 of a 4Kn disk is',
    );
  }
  if (found.otherPrimary !== undefined) {
    const evidence = `whole headers at byte 512 and at byte 4096; the one at ${found.sectorBytes} was read`;
    findings.add('gpt-two-sector-sizes', 'bytes 512 and 4096', evidence);
  }
  judgeStrays(found.strays, findings);
}

/** Tells of headers that belong to no GPT in use. */
export function judgeStrays(strays: readonly GptCopy[], findings: FindingList): void {
  for (const { sector, sectorBytes, isHeaderWhole, header } of strays) {
    const id = isHeaderWhole ? `of a disk with the GUID ${header.diskGuid}` : 'its checksum is wrong';
    findings.add('stale-gpt', `sector ${sector}`, `a header of a GPT, ${id}`, rangeOf(sector, sectorBytes));
  }
}

function rangeOf(sector: bigint, sectorBytes: number) {
  return { offsetBytes: Number(sector) * sectorBytes, lengthBytes: sectorBytes };
}

function judgeHealth({ primary, backup, sectorBytes, lastSector }: FoundGpt, findings: FindingList): void {
  const primaryDamage = primary ? primary.damage : 'it does not begin with EFI PART';
  const backupDamage = backup ? backup.damage : 'there is no header that begins with EFI PART';
  if (primaryDamage !== '') {
    const [kind, rest] =
      backupDamage === ''
        ? (['gpt-primary-damaged', ''] as const)
        : (['gpt-damaged', `; backup: ${backupDamage}`] as const);
    findings.add(kind, 'sector 1', `primary: ${primaryDamage}${rest}`, rangeOf(1n, sectorBytes));
    return;
  }
  const wanted = primary!.header.otherSector;
  // A disk that ends before its backup is told of by its size.
  if (backupDamage === '' || wanted > lastSector) return;
  findings.add('gpt-backup-damaged', `sector ${wanted}`, backupDamage, rangeOf(wanted, sectorBytes));
}

/** Where the table believes the disk to end. */
function judgePlace({ sectorBytes, lastSector }: FoundGpt, chosen: GptCopy, findings: FindingList): void {
  const { header } = chosen;
  const backupSector = chosen.sector === 1n ? header.otherSector : chosen.sector;
  const farthest = backupSector > header.lastUsableSector ? backupSector : header.lastUsableSector;
  const disk = `the last sector of the disk is ${lastSector}`;
  if (farthest > lastSector) {
    const evidence = `usable up to sector ${header.lastUsableSector}, backup in sector ${backupSector}, but ${disk}`;
    findings.add(
      'disk-smaller-than-table',
      `sector ${chosen.sector}`,
      evidence,
      rangeOf(chosen.sector, sectorBytes),
    );
  } else if (backupSector < lastSector && backupSector > header.lastUsableSector) {
    const behind = formatSize(Number(lastSector - backupSector) * sectorBytes);
    const evidence = `the backup is in sector ${backupSector}, ${disk}: ${behind} behind it`;
    findings.add(
      'gpt-backup-not-at-end',
      `sector ${backupSector}`,
      evidence,
      rangeOf(backupSector, sectorBytes),
    );
  }
}

function judgeFields({ header, sector, sectorBytes }: GptCopy, findings: FindingList): void {
  const { revision, entryBytes, firstUsableSector, lastUsableSector, arraySector, entryCount, otherSector } =
    header;
  const arrayEnd = arraySector + BigInt(Math.ceil((entryCount * entryBytes) / sectorBytes));
  const unusual = [
    ...(revision === 0x10000 ? [] : [`its revision is 0x${revision.toString(16)}, not 0x10000`]),
    ...(entryBytes === 128 ? [] : [`its entries have ${entryBytes} bytes, not 128`]),
    ...(firstUsableSector <= lastUsableSector
      ? []
      : [`it is usable from ${firstUsableSector} to ${lastUsableSector}`]),
    ...(arrayEnd <= firstUsableSector || arraySector > lastUsableSector
      ? []
      : [
          `its entries (sectors ${arraySector} to ${arrayEnd - 1n}) lie in the usable area, from ${firstUsableSector} to ${lastUsableSector}`,
        ]),
    ...(sector !== 1n || otherSector > lastUsableSector
      ? []
      : [`its backup (sector ${otherSector}) does not lie behind the usable area`]),
  ];
  for (const evidence of unusual) {
    findings.add('gpt-header-unusual', `sector ${sector}`, evidence, rangeOf(sector, sectorBytes));
  }
  if (/^[0-]+$/.test(header.diskGuid)) {
    findings.add(
      'gpt-disk-guid-zero',
      `sector ${sector}`,
      `the GUID of the disk is ${header.diskGuid}`,
      rangeOf(sector, sectorBytes),
    );
  }
}

function judgeAgreement(primary: GptCopy, backup: GptCopy, findings: FindingList): void {
  const differing = comparedFields
    .filter(([field]) => primary.header[field] !== backup.header[field])
    .map(
      ([field, name]) => `${name} ${valueText(primary.header[field])} and ${valueText(backup.header[field])}`,
    );
  if (primary.header.otherSector !== backup.sector) {
    differing.push(
      `the primary wants its backup in sector ${primary.header.otherSector}, it is in ${backup.sector}`,
    );
  }
  if (backup.header.otherSector !== 1n) {
    differing.push(`the backup wants its primary in sector ${backup.header.otherSector}`);
  }
  if (differing.length === 0) return;
  findings.add('gpt-copies-differ', `sectors 1 and ${backup.sector}`, differing.join('; '));
}

const comparedFields: readonly [field: keyof GptHeader, name: string][] = [
  ['diskGuid', 'GUID of the disk'],
  ['firstUsableSector', 'first usable sector'],
  ['lastUsableSector', 'last usable sector'],
  ['entryCount', 'number of entries'],
  ['entryBytes', 'bytes of an entry'],
  ['arrayCrc', 'checksum of the entries'],
];

function valueText(value: string | number | bigint): string {
  return typeof value === 'number' && value > 0xffff ? `0x${value.toString(16)}` : String(value);
}
