/** One entry of a folder. FAT knows neither owners nor modes: they are null there. */
export interface FolderEntry {
  name: string;
  kind: 'file' | 'folder' | 'link' | 'character-device' | 'block-device' | 'pipe' | 'socket';
  /** Permission bits with set-uid, set-gid and sticky: 0o4755. */
  mode: number | null;
  uid: number | null;
  gid: number | null;
  /** Of files and links; null of everything else. */
  sizeBytes: number | null;
}

/** One entry of a whole tree. */
export interface TreeEntry extends FolderEntry {
  /** From the root of the file system: `/etc/hostname`. The root itself is `/`. */
  path: string;
  /** Of links. */
  target?: string;
  /** Of devices, as `4:64`. */
  device?: string;
  /** Of files, the SHA-256 of the content in hexadecimal. */
  sha256?: string;
  /** Equal for entries that are the same file (hard links); numbers differ between equal trees. FAT has none. */
  inode?: number;
}

/** Where a part of a file's content lies, in bytes from the start of the file system. */
export interface FilePiece {
  offsetBytes: number;
  lengthBytes: number;
}

/** What reads the files of one kind of file system. */
export interface FileReader {
  list(path: string): Promise<FolderEntry[]>;
  read(path: string): Promise<Buffer>;
  tree(): Promise<TreeEntry[]>;
  /** The file's content on the disk, in the order of the file, without its holes. */
  locate(path: string): Promise<FilePiece[]>;
}
