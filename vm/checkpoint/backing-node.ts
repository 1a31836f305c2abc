/** What an overlay lies over: the disk's image, or in a fork the overlay that the checkpointed machine had over it. */
export function backingNode(imagePath: string, baseOverlayPath: string | undefined): object {
  const image = { driver: 'raw', 'read-only': true, file: { driver: 'file', filename: imagePath } };
  if (baseOverlayPath === undefined) return image;
  const file = { driver: 'file', filename: baseOverlayPath };
  return { driver: 'qcow2', 'read-only': true, file, backing: image };
}
