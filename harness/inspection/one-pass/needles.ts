import type { FindingKind } from '../finding.ts';
import { derBeforeBytes, derPattern, derPrefilters } from './der-keys.ts';

/** Something secret that can be told from its bytes alone, wherever on a disk they lie. */
export interface Needle {
  /** Its id is the needle's, too. */
  kind: FindingKind;
  /**
   * Each occurrence of one of them is looked at. They have 3 to 7 bytes and begin with no zero: from 8 bytes on, Node
   * searches by another algorithm (Boyer-Moore-Horspool), which takes five times as long on noise and on programs.
   */
  prefilters: readonly Buffer[];
  /**
   * What has to lie at an occurrence, on bytes as Latin-1, sticky; what lies before it by looking behind. Without
   * nested repetitions, and each of them bounded.
   */
  pattern: RegExp;
  /** So far it looks behind; at most {@link mostBeforeBytes}. */
  beforeBytes: number;
  /** What is said about it, never the secret itself. */
  describe: (match: RegExpExecArray) => string;
  /** Only there it can be what it seems to be: LUKS headers begin with a sector. */
  alignmentBytes?: number;
}

/** So far a pattern may look behind. */
export const mostBeforeBytes = 64;
/** As far behind a prefilter's first byte a pattern may reach: a PEM key of RSA with 4096 bits has 3300 bytes. */
export const mostAfterBytes = 4096;

const cloned =
  'It is cloned with the disk, and whoever holds one clone can read it with any editor for disks.';
const overwrite =
  'Where it lies in free space, overwrite that (zerofree for ext4, or fill the file system with one file of zeros, sync, remove it), or make the file system anew. In a file: remove the file first, and have it made at the first start of each unit. In swap: mkswap on zeros. Replace what was protected by it: it is out.';

// A program that only knows the header, such as ssh itself, has no key behind it. `\n` is how JSON has line breaks.
const pem =
  /-----BEGIN ((?:RSA |EC |DSA |OPENSSH |ENCRYPTED |ANY )?PRIVATE KEY)-----(?:\r?\n|\\n)(?:[A-Za-z-]{1,20}: [^\r\n]{0,100}\r?\n){0,4}(?:\r?\n)?[A-Za-z0-9+/]{16}[A-Za-z0-9+/=\r\n\\]{32,3800}/;

/** The built-in ones. */
export const needles: readonly Needle[] = [
  {
    kind: {
      id: 'private-key-on-disk',
      severity: 'error',
      title: 'a private key lies on the disk',
      reason: `The bytes are those of a private key: PEM, OpenSSH, or DER. Where its file was deleted, that has not deleted them. ${cloned} All clones would be taken for one another.`,
      fix: overwrite,
      source: 'RFC 7468, 10 and 11; OpenSSH PROTOCOL.key; RFC 1421, 4.6; RFC 5958; RFC 8017, A.1.2; RFC 5915',
    },
    prefilters: [bytes('-----BE'), ...derPrefilters],
    pattern: new RegExp(`${pem.source}|${derPattern}`, 'y'),
    beforeBytes: derBeforeBytes,
    describe: (match) => (match[1] === undefined ? 'DER private key' : `PEM ${match[1]}`),
  },
  {
    kind: {
      id: 'password-hash-on-disk',
      severity: 'warning',
      title: 'a line of /etc/shadow lies on the disk',
      reason: `The line has the hash of a password. ${cloned} Passwords are then tried at leisure, and one that is found opens all clones.`,
      fix: overwrite,
      source: 'shadow(5); crypt(5) of libxcrypt',
    },
    // What stands before the name is no matter: a file's first line begins with a block, behind whatever text.
    prefilters: ['$6$', '$y$', '$5$', '$1$'].map(bytes),
    pattern:
      /(?<=([a-z_][a-z0-9_.-]{0,31}):!?)\$(?:(6)\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{86}|(5)\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43}|(1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}|(y)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}):/y,
    beforeBytes: 34,
    describe: (match) =>
      `shadow line of ${match[1]}, method $${match[2] ?? match[3] ?? match[4] ?? match[5]}$`,
  },
  {
    kind: {
      id: 'cloud-token-on-disk',
      severity: 'error',
      title: 'a token for a service in the net lies on the disk',
      reason: `It is the secret part of an AWS access key, or a token of GitHub. ${cloned} With it they act in its owner's name.`,
      fix: overwrite,
      source:
        'AWS CLI user guide, configuration and credential files; GitHub, "Behind GitHub’s new authentication token formats" (2021)',
    },
    prefilters: ['aws_sec', 'ghp_', 'gho_', 'github_'].map(bytes),
    pattern:
      /(?:(aws_secret_access_key)["']?[ \t]{0,8}[=:][ \t]{0,8}["']?(?![^\n]{0,39}EXAMPLE)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])|(gh[po]_)[A-Za-z0-9]{36}(?![A-Za-z0-9])|(github_pat_)[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9]))/y,
    beforeBytes: 0,
    describe: (match) => `${match[1] ?? match[2] ?? match[3]} with its value`,
  },
  {
    kind: {
      id: 'wireguard-key-on-disk',
      severity: 'error',
      title: 'a private key of WireGuard lies on the disk',
      reason: `It is a line of a configuration of WireGuard. ${cloned} Clones that use it throw one another out of the tunnel, and whoever has it is let in.`,
      fix: overwrite,
      source: 'wg(8), CONFIGURATION FILE FORMAT',
    },
    prefilters: [bytes('vateKey')],
    pattern: /(?<=Pri)vateKey[ \t]{0,8}=[ \t]{0,8}[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=/y,
    beforeBytes: 3,
    describe: () => 'PrivateKey with its value',
  },
  {
    kind: {
      id: 'luks-header-on-disk',
      severity: 'warning',
      title: 'a header of an encrypted volume lies where none begins',
      reason: `It is what is left of a LUKS volume, with its key slots. ${cloned} Together with an old pass phrase it gives the volume's key, even when the pass phrase has been changed since.`,
      fix: 'Overwrite it (dd with seek and count, or cryptsetup erase while the volume was still in use). Where it is the volume of a whole partition, let the partition begin where the header does.',
      source:
        'LUKS1 On-Disk Format Specification 1.2.3, 2.2; LUKS2 On-Disk Format Specification 1.1.1, 2.1; cryptsetup FAQ 5.17',
    },
    prefilters: [bytes('LUKS\xba\xbe')],
    // Version 1 has the name of its cipher behind it, version 2 the size of its header: 16 KiB to 4 MiB.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is a pattern of bytes
    pattern: /LUKS\xba\xbe\0(?:(\x01)[a-z0-9]{2,31}\0|(\x02)\0\0\0\0\0[\x00-\x40][\x00\x40\x80]\0)/y,
    beforeBytes: 0,
    alignmentBytes: 512,
    describe: (match) => `LUKS header, version ${match[1] === undefined ? 2 : 1}`,
  },
];

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
