import { generateKeyPairSync } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../../foundation/durable-file.ts';

/**
 * Makes the keys that only this appliance has, where they are missing: a host key (Ed25519) and a TLS key (P-256).
 * They come from the system's random numbers, never from its hardware, and lie with the settings, so that a rebuilt
 * primary is still the machine that its clients know (spec M8).
 *
 * @param force Makes new ones in any case: for a machine that takes a new identity.
 */
export async function ensureKeys(settingsPath: string, force = false): Promise<void> {
  const folder = join(settingsPath, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, make] of Object.entries(keyMakers)) {
    const path = join(folder, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere && !force) continue;
    const { publicKey, privateKey } = make();
    await writeFileDurably(`${path}.pub`, publicKey.export({ type: 'spki', format: 'pem' }));
    // The private key is last: it says that the pair is complete.
    await writeFileDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  }
}

const keyMakers = {
  'host-key': () => generateKeyPairSync('ed25519'),
  'tls-key': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
