import { type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

/** Either alphabet of RFC 4648 (DSSE 1.0.2, protocol.md: verifiers must accept both). */
const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'no base64');

/** Fields that are not known are no matter: others may add some (DSSE 1.0.2, envelope.md). */
const envelopeSchema = z.object({
  payload: base64,
  payloadType: z.string(),
  signatures: z.array(z.object({ keyid: z.string().optional(), sig: base64 })).min(1),
});

/** A signed text with its signatures, as JSON (DSSE 1.0.2, envelope.md). */
export type DsseEnvelope = z.infer<typeof envelopeSchema>;

/**
 * The bytes that are signed: type and payload with their lengths before them, so that neither can be taken for a part
 * of the other (DSSE 1.0.2, protocol.md, PAE).
 */
export function preAuthenticationEncoding(payloadType: string, payload: Buffer): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** Signs a text. Ed25519 signs the bytes themselves (RFC 8032), ECDSA their SHA-256, as DER. */
export function signEnvelope(
  payloadType: string,
  payload: Buffer,
  { privateKey, keyId }: { privateKey: KeyObject; keyId: string },
): DsseEnvelope {
  const signature = sign(hashOf(privateKey), preAuthenticationEncoding(payloadType, payload), privateKey);
  return {
    payload: payload.toString('base64'),
    payloadType,
    signatures: [{ keyid: keyId, sig: signature.toString('base64') }],
  };
}

/** Takes an envelope from its JSON. @throws Error saying what is wrong with it. */
export function parseEnvelope(text: string): DsseEnvelope {
  const result = envelopeSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [{ path, message } = { path: [], message: 'it cannot be read' }] = result.error.issues;
  throw new Error(`${path.map(String).join('.') || 'the envelope'}: ${message}`);
}

/**
 * The payload, when one of the signatures is by this key; else undefined. `keyid` decides nothing: it is not signed.
 * The bytes that come back are those that were verified.
 */
export function verifiedPayload(envelope: DsseEnvelope, publicKey: KeyObject): Buffer | undefined {
  const payload = Buffer.from(envelope.payload, 'base64');
  const signed = preAuthenticationEncoding(envelope.payloadType, payload);
  const isByKey = envelope.signatures.some(({ sig }) =>
    verify(hashOf(publicKey), signed, publicKey, Buffer.from(sig, 'base64')),
  );
  return isByKey ? payload : undefined;
}

function hashOf({ asymmetricKeyType }: KeyObject): 'sha256' | null {
  return asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
