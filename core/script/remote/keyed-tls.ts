import type { PSKCallbackNegotation, TlsOptions } from 'node:tls';

/** What both sides call the key by, which is no secret. */
const identity = 'assay';

/**
 * TLS 1.2 with a key that both sides have from before (RFC 8442, and for the cipher RFC 7905), since Node has it in no
 * later version. The first one has forward secrecy, and is quick also where the processor knows no AES.
 */
const common = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305:PSK-AES256-GCM-SHA384',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;

/** For a server that speaks only with who has the key. */
export function keyedServerOptions(key: Uint8Array): TlsOptions {
  return {
    ...common,
    handshakeTimeout: 20_000,
    pskCallback: (_socket, who) => (who === identity ? key : null),
  };
}

/** For a client that speaks only with who has the key: there are no certificates, so no names in them are compared. */
export function keyedClientOptions(key: Uint8Array) {
  return {
    ...common,
    pskCallback: (): PSKCallbackNegotation => ({ psk: key, identity }),
    checkServerIdentity: () => undefined,
  };
}
