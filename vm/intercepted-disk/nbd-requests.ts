import type { BufferPool } from './buffer-pool.ts';
import { command, maximumDataBytes, requestHeaderBytes, requestMagic } from './nbd-protocol.ts';

/** One request of the transmission phase, with its data when it is a write. */
export interface NbdRequest {
  flags: number;
  type: number;
  /** Chosen by the client; its answer bears it. */
  handle: bigint;
  offsetBytes: number;
  lengthBytes: number;
  /** Of the pool: whoever takes the request gives it back. */
  data: Buffer | undefined;
}

/** Cuts the bytes of a client into requests; data of writes is copied once, into a buffer of the pool. */
export class NbdRequestReader {
  readonly #pool: BufferPool;
  readonly #header = Buffer.alloc(requestHeaderBytes);
  #headerFilled = 0;
  #request: NbdRequest | undefined;
  #dataFilled = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** @returns the requests that are whole now; undefined when this is no NBD, and nothing will be found in it again. */
  push(bytes: Buffer): NbdRequest[] | undefined {
    const requests: NbdRequest[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#request === undefined) {
        const taken = bytes.copy(this.#header, this.#headerFilled, at);
        at += taken;
        this.#headerFilled += taken;
        if (this.#headerFilled < requestHeaderBytes) break;
        this.#request = this.#readHeader();
        if (this.#request === undefined) return undefined;
      }
      const { data } = this.#request;
      if (data !== undefined) {
        const taken = bytes.copy(data, this.#dataFilled, at);
        at += taken;
        this.#dataFilled += taken;
        if (this.#dataFilled < data.length) break;
      }
      requests.push(this.#request);
      this.#request = undefined;
    }
    return requests;
  }

  #readHeader(): NbdRequest | undefined {
    const header = this.#header;
    this.#headerFilled = 0;
    this.#dataFilled = 0;
    const type = header.readUInt16BE(6);
    const lengthBytes = header.readUInt32BE(24);
    const hasData = type === command.write;
    const carriesData = hasData || type === command.read;
    if (header.readUInt32BE(0) !== requestMagic || (carriesData && lengthBytes > maximumDataBytes)) {
      return undefined;
    }
    return {
      flags: header.readUInt16BE(4),
      type,
      handle: header.readBigUInt64BE(8),
      offsetBytes: Number(header.readBigUInt64BE(16)),
      lengthBytes,
      data: hasData ? this.#pool.take(lengthBytes) : undefined,
    };
  }
}
