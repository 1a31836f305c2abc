import { generateKeyPairSync, verify } from 'node:crypto';
import {
  blankAreas,
  blockBytes,
  encodeManifestArea,
  hashBlock,
  manifestAreaBytes,
  signManifest,
  stateAreaBytes,
} from '../../../core/known-state/manifest.ts';
import { restorePartition } from '../../../core/known-state/restore-partition.ts';
import type { RawTrial } from '../trial.ts';
import { noise } from './noise.ts';

const blockCount = 3;
const sizeBytes = blockCount * blockBytes;
const areas = {
  states: { offsetBytes: 16_384, lengthBytes: stateAreaBytes },
  manifest: { offsetBytes: 65_536, lengthBytes: manifestAreaBytes },
};

const keys = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** A system partition of one version that becomes another: an update, or a rewrite. */
export const restoreSystemPartition: RawTrial = {
  name: 'restore-system-partition',
  steps: [
    'restore-partition.take-manifest-away',
    'restore-partition.manifest-is-away',
    'write-blocks.blocks',
    'restore-partition.manifest-is-back',
  ],
  async make() {
    const versions = [makeVersion('1'), makeVersion('2')];
    const [old, wanted] = versions as [Version, Version];
    return {
      base: old.image,
      async act(disk) {
        await restorePartition(
          {
            ...{ name: 'system-1', device: '/dev/vda', disk: 'system', number: 1, sizeBytes, offsetBytes: 0 },
            ...areas,
          },
          {
            manifest: wanted.signed,
            source: {
              has: (hash) => wanted.blocks.has(hash),
              read: async (hash, block) => void wanted.blocks.get(hash)!.copy(block),
            },
            ...{ publicKey: keys.publicKey, method: 'rewrite', verify: true, open: disk.open },
            signal: new AbortController().signal,
          },
        );
        disk.acknowledge('restored');
      },
      judge(disk, acknowledged) {
        const says = versionSaid(disk);
        if (says === undefined) {
          return acknowledged.length === 0 ? undefined : 'it has no manifest, and was said to be restored';
        }
        const whole = versions.find(({ version }) => version === says)!;
        const differing = blankOf(whole.image).compare(blankOf(disk)) !== 0;
        if (differing) return `its manifest says version ${says}, and not every block is of that`;
        return acknowledged.length > 0 && says !== '2' ? 'it is the old version' : undefined;
      },
    };
  },
};

type Version = ReturnType<typeof makeVersion>;

function makeVersion(version: string) {
  const image = noise(`version ${version}`, sizeBytes);
  const blocks = new Map<string, Buffer>();
  const hashes = Array.from({ length: blockCount }, (_, index) => {
    const block = Buffer.from(image.subarray(index * blockBytes, (index + 1) * blockBytes));
    blankAreas(block, index, [areas.states, areas.manifest]);
    const hash = hashBlock(block);
    blocks.set(hash, block);
    return hash;
  });
  const manifest = {
    ...({ formatVersion: 1, partition: 'system-1', version, blockBytes, criticalBlocks: 1 } as const),
    ...{ ...areas, blocks: hashes },
  };
  const signed = signManifest(manifest, keys.privateKey);
  encodeManifestArea(signed).copy(image, areas.manifest.offsetBytes);
  return { version, image, blocks, signed };
}

/** What a signed manifest on the disk says it holds (docs/logic-file.md, "Integrity"). */
function versionSaid(disk: Buffer): string | undefined {
  const { offsetBytes, lengthBytes } = areas.manifest;
  const [text = '', signature = ''] = disk
    .subarray(offsetBytes, offsetBytes + lengthBytes)
    .toString('utf8')
    .split('\n', 2);
  const isSigned = verify(null, Buffer.from(text), keys.publicKey, Buffer.from(signature, 'base64'));
  return isSigned ? (JSON.parse(text) as { version: string }).version : undefined;
}

function blankOf(image: Buffer): Buffer {
  const copy = Buffer.from(image);
  for (const { offsetBytes, lengthBytes } of Object.values(areas)) {
    copy.fill(0, offsetBytes, offsetBytes + lengthBytes);
  }
  return copy;
}
