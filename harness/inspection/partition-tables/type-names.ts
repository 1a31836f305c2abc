/** What the type of an MBR partition means, `0x83`; undefined where it is not in the table. */
export function mbrTypeName(type: string): string | undefined {
  return mbrTypes.get(type);
}

/** What the type of a GPT partition means, a GUID in small letters; undefined where it is not in the table. */
export function gptTypeName(type: string): string | undefined {
  return gptTypes.get(type);
}

/** Read raw, once, at the start: where it begins costs nothing. */
export const biosBootType = '21686148-6449-6e6f-744e-656564454649';

/** EFI system partitions: of a GPT, and of an MBR (UEFI 2.10, 5.3.3 and 5.2.2). */
export const efiSystemTypes: readonly string[] = ['c12a7328-f81f-11d2-ba4b-00a0c93ec93b', '0xef'];

/** PowerPC Reference Platform: the firmware loads the partition as it is; of a GPT, and of an MBR. */
export const prepTypes: readonly string[] = ['9e1a2d38-c612-4316-aa26-8b49521e5a8b', '0x41'];

/** Kinds of GPT partitions that have no file system: BIOS boot (GRUB), Microsoft reserved, PReP boot. */
export const rawTypes: readonly string[] = [
  biosBootType,
  'e3c9e316-0b5c-4db8-817d-f92df00215ae',
  '9e1a2d38-c612-4316-aa26-8b49521e5a8b',
];

/** From sfdisk --list-types; UEFI 2.10, 5.2.2. */
const mbrTypes = new Map([
  ['0x01', 'FAT12'],
  ['0x04', 'FAT16 below 32 MiB'],
  ['0x05', 'extended'],
  ['0x06', 'FAT16'],
  ['0x07', 'NTFS or exFAT'],
  ['0x0b', 'FAT32'],
  ['0x0c', 'FAT32 (LBA)'],
  ['0x0e', 'FAT16 (LBA)'],
  ['0x0f', 'extended (LBA)'],
  ['0x11', 'hidden FAT12'],
  ['0x12', 'Compaq diagnostics'],
  ['0x14', 'hidden FAT16 below 32 MiB'],
  ['0x16', 'hidden FAT16'],
  ['0x17', 'hidden NTFS'],
  ['0x1b', 'hidden FAT32'],
  ['0x1c', 'hidden FAT32 (LBA)'],
  ['0x1e', 'hidden FAT16 (LBA)'],
  ['0x27', 'Windows recovery'],
  ['0x41', 'PowerPC PReP boot'],
  ['0x82', 'Linux swap'],
  ['0x83', 'Linux'],
  ['0x84', 'hibernation'],
  ['0x85', 'Linux extended'],
  ['0x88', 'Linux plaintext'],
  ['0x8e', 'Linux LVM'],
  ['0xa5', 'FreeBSD'],
  ['0xa6', 'OpenBSD'],
  ['0xa8', 'Darwin UFS'],
  ['0xa9', 'NetBSD'],
  ['0xaf', 'HFS or HFS+'],
  ['0xbf', 'Solaris'],
  ['0xda', 'data without file system'],
  ['0xde', 'Dell Utility'],
  ['0xea', 'Linux extended boot'],
  ['0xee', 'GPT, protective'],
  ['0xef', 'EFI system'],
  ['0xf8', 'EBBR protective'],
  ['0xfb', 'VMware VMFS'],
  ['0xfc', 'VMware VMKCORE'],
  ['0xfd', 'Linux RAID'],
]);

/** UEFI 2.10, table 5-7; Discoverable Partitions Specification; sfdisk --label gpt --list-types. */
const gptTypes = new Map([
  ['c12a7328-f81f-11d2-ba4b-00a0c93ec93b', 'EFI system'],
  ['024dee41-33e7-11d3-9d69-0008c781f39f', 'MBR partition scheme'],
  ['21686148-6449-6e6f-744e-656564454649', 'BIOS boot'],
  ['9e1a2d38-c612-4316-aa26-8b49521e5a8b', 'PowerPC PReP boot'],
  ['e3c9e316-0b5c-4db8-817d-f92df00215ae', 'Microsoft reserved'],
  ['ebd0a0a2-b9e5-4433-87c0-68b6b72699c7', 'Microsoft basic data'],
  ['5808c8aa-7e8f-42e0-85d2-e1e90434cfb3', 'Microsoft LDM metadata'],
  ['af9b60a0-1431-4f62-bc68-3311714a69ad', 'Microsoft LDM data'],
  ['de94bba4-06d1-4d40-a16a-bfd50179d6ac', 'Windows recovery environment'],
  ['e75caf8f-f680-4cee-afa3-b001e56efc2d', 'Microsoft Storage Spaces'],
  ['0657fd6d-a4ab-43c4-84e5-0933c84b4f4f', 'Linux swap'],
  ['0fc63daf-8483-4772-8e79-3d69d8477de4', 'Linux'],
  ['3b8f8425-20e0-4f3b-907f-1a25a76f98e8', 'Linux /srv'],
  ['44479540-f297-41b2-9af7-d131d5f0458a', 'Linux root (x86)'],
  ['4f68bce3-e8cd-4db1-96e7-fbcaf984b709', 'Linux root (x86-64)'],
  ['69dad710-2ce4-4e3c-b16c-21a1d49abed3', 'Linux root (ARM)'],
  ['b921b045-1df0-41c3-af44-4c6f280d3fae', 'Linux root (ARM-64)'],
  ['72ec70a6-cf74-40e6-bd49-4bda08e8f224', 'Linux root (RISC-V-64)'],
  ['8da63339-0007-60c0-c436-083ac8230908', 'Linux reserved'],
  ['933ac7e1-2eb4-4f13-b844-0e14e2aef915', 'Linux /home'],
  ['a19d880f-05fc-4d3b-a006-743f0f84911e', 'Linux RAID'],
  ['e6d6d379-f507-44c2-a23c-238f2a3df928', 'Linux LVM'],
  ['4d21b016-b534-45c2-a9fb-5c16e091fd2d', 'Linux /var'],
  ['7ec6f557-3bc5-4aca-b293-16ef5df639d1', 'Linux /var/tmp'],
  ['75250d76-8cc6-458e-bd66-bd47cc81a812', 'Linux /usr (x86)'],
  ['8484680c-9521-48c6-9c11-b0720656f69e', 'Linux /usr (x86-64)'],
  ['7d0359a3-02b3-4f0a-865c-654403e70625', 'Linux /usr (ARM)'],
  ['b0e01050-ee5f-4390-949a-9101b17104e9', 'Linux /usr (ARM-64)'],
  ['beaec34b-8442-439b-a40b-984381ed097d', 'Linux /usr (RISC-V-64)'],
  ['d13c5d3b-b5d1-422a-b29f-9454fdc89d76', 'Linux root verity (x86)'],
  ['2c7357ed-ebd2-46d9-aec1-23d437ec2bf5', 'Linux root verity (x86-64)'],
  ['7386cdf2-203c-47a9-a498-f2ecce45a2d6', 'Linux root verity (ARM)'],
  ['df3300ce-d69f-4c92-978c-9bfb0f38d820', 'Linux root verity (ARM-64)'],
  ['b6ed5582-440b-4209-b8da-5ff7c419ea3d', 'Linux root verity (RISC-V-64)'],
  ['8f461b0d-14ee-4e81-9aa9-049b6fb97abd', 'Linux /usr verity (x86)'],
  ['77ff5f63-e7b6-4633-acf4-1565b864c0e6', 'Linux /usr verity (x86-64)'],
  ['c215d751-7bcd-4649-be90-6627490a4c05', 'Linux /usr verity (ARM)'],
  ['6e11a4e7-fbca-4ded-b9e9-e1a512bb664e', 'Linux /usr verity (ARM-64)'],
  ['8f1056be-9b05-47c4-81d6-be53128e5b54', 'Linux /usr verity (RISC-V-64)'],
  ['5996fc05-109c-48de-808b-23fa0830b676', 'Linux root verity signature (x86)'],
  ['41092b05-9fc8-4523-994f-2def0408b176', 'Linux root verity signature (x86-64)'],
  ['42b0455f-eb11-491d-98d3-56145ba9d037', 'Linux root verity signature (ARM)'],
  ['6db69de6-29f4-4758-a7a5-962190f00ce3', 'Linux root verity signature (ARM-64)'],
  ['efe0f087-ea8d-4469-821a-4c2a96a8386a', 'Linux root verity signature (RISC-V-64)'],
  ['974a71c0-de41-43c3-be5d-5c5ccd1ad2c0', 'Linux /usr verity signature (x86)'],
  ['e7bb33fb-06cf-4e81-8273-e543b413e2e2', 'Linux /usr verity signature (x86-64)'],
  ['d7ff812f-37d1-4902-a810-d76ba57b975a', 'Linux /usr verity signature (ARM)'],
  ['c23ce4ff-44bd-4b00-b2d4-b41b3419e02a', 'Linux /usr verity signature (ARM-64)'],
  ['d2f9000a-7a18-453f-b5cd-4d32f77a7b32', 'Linux /usr verity signature (RISC-V-64)'],
  ['bc13c2ff-59e6-4262-a352-b275fd6f7172', 'Linux boot (XBOOTLDR)'],
  ['773f91ef-66d4-49b5-bd83-d683bf40ad16', "Linux user's home"],
  ['83bd6b9d-7f41-11dc-be0b-001560b84f0f', 'FreeBSD boot'],
  ['516e7cb5-6ecf-11d6-8ff8-00022d09712b', 'FreeBSD swap'],
  ['516e7cb6-6ecf-11d6-8ff8-00022d09712b', 'FreeBSD UFS'],
  ['516e7cba-6ecf-11d6-8ff8-00022d09712b', 'FreeBSD ZFS'],
  ['48465300-0000-11aa-aa11-00306543ecac', 'Apple HFS/HFS+'],
  ['7c3457ef-0000-11aa-aa11-00306543ecac', 'Apple APFS'],
  ['fe3a2a5d-4f32-41a7-b725-accc3285a309', 'ChromeOS kernel'],
  ['3cb8e202-3b7e-47dd-8a3c-7ff2a13cfcec', 'ChromeOS root fs'],
  ['ca7d7ccb-63ed-4c53-861c-1742536059cc', 'LUKS'],
  ['7ffec5c9-2d00-49b7-8941-3ea10a5586b7', 'dm-crypt, plain'],
  ['3de21764-95bd-54bd-a5c3-4abe786f38a8', 'U-Boot environment'],
]);
