import { type ExtSuperblock, parseExtSuperblock } from './ext-superblock.ts';
import { factsOf, present, type Recogniser } from './recognition.ts';

/** ext2, ext3 and ext4 (Documentation/filesystems/ext4/super.rst of the Linux kernel). */
export const recogniseExt: Recogniser = async (reader) => {
  const superblock = parseExtSuperblock(await reader.read(1024, 1024));
  if (superblock === undefined) return undefined;
  const { uuid, label, sizeBytes, blockBytes, features, contradictions } = superblock;
  return {
    type: superblock.type,
    ...present({ uuid, label, sizeBytes }),
    ...{ blockBytes, features },
    // A journal for another file system has neither groups nor inodes.
    contradictions: features.includes('journal_dev') ? [] : contradictions,
    state: stateOf(superblock),
    facts: factsOf({
      'last mounted on': superblock.lastMountedOn,
      'last mounted at': superblock.lastMountedAt,
      'last written at': superblock.lastWrittenAt,
      'last checked at': superblock.lastCheckedAt,
      'made at': superblock.madeAt,
      mounts: superblock.mounts,
      'journal on another device': superblock.journalUuid,
      'number of that device': superblock.journalDevice || undefined,
      'errors noted': superblock.errorCount || undefined,
    }),
  };
};

function stateOf({ features, hasErrors, isValid }: ExtSuperblock): 'has-errors' | 'in-use' | 'clean' {
  if (hasErrors) return 'has-errors';
  return features.includes('needs_recovery') || !isValid ? 'in-use' : 'clean';
}

/** Where the first copy of a superblock lies, by the size of blocks: mke2fs has groups of eight blocks' bits. */
const backupPlaces = [1024, 2048, 4096].map((blockBytes) => ({
  blockBytes,
  offsetBytes: (blockBytes * 8 + (blockBytes === 1024 ? 1 : 0)) * blockBytes,
}));

/** A copy of a superblock that is whole, where the first one is not; where it lies is in the facts. */
export const recogniseExtBackup: Recogniser = async (reader) => {
  for (const { blockBytes, offsetBytes } of backupPlaces) {
    const superblock = parseExtSuperblock(await reader.read(offsetBytes, 1024));
    if (superblock?.blockBytes !== blockBytes || superblock.contradictions.length > 0) continue;
    const { type, uuid, label, sizeBytes, features } = superblock;
    const facts = factsOf({
      'copy of the superblock': `at block ${offsetBytes / blockBytes} of ${blockBytes} bytes`,
    });
    return { type, ...present({ uuid, label, sizeBytes }), blockBytes, features, facts };
  }
  return undefined;
};
