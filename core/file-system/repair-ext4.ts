/**
 * The words of a shell that make an ext4 file system sound, as far as that goes without anybody being asked. First what loses
 * nothing (`e2fsck -p`; an exit code below 4 says that it is sound now). When not even the superblock can be read (8), as
 * after a power cut in the middle of its two sectors, e2fsck takes one of the superblock's copies and counts anew what they do not tell.
 *
 * @param device As the shell reads it.
 * @returns one command, which fails when the file system is not sound.
 */
export function ext4Repair(device: string): string {
  const check = '/usr/sbin/e2fsck';
  const byCopies = `{ ${check} -f -y ${device} || [ $? -lt 4 ]; }`;
  return `{ ${check} -p ${device} || { code=$?; [ $code -lt 4 ] || { [ $code -eq 8 ] && ${byCopies}; }; }; }`;
}
