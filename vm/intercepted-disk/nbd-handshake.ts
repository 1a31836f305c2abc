import {
  handshakeFlags,
  infoType,
  maximumDataBytes,
  option,
  optionMagic,
  optionReply,
  optionReplyMagic,
  serverMagic,
  transmissionFlags,
} from './nbd-protocol.ts';

/** No option that is understood is longer; a client that says so is none. */
const maxOptionBytes = 4096;

/** What a handshake makes of the client's bytes. */
interface HandshakeStep {
  /** To be sent. */
  answer: Buffer;
  /** `requests`: requests come from now on, and `rest` is the beginning of them. `over`: the connection is to be closed. */
  state: 'goes-on' | 'requests' | 'over';
  rest: Buffer;
}

/** The greeting of the fixed newstyle handshake. */
export function greeting(): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeBigUInt64BE(serverMagic, 0);
  bytes.writeBigUInt64BE(optionMagic, 8);
  bytes.writeUInt16BE(handshakeFlags.fixedNewstyle | handshakeFlags.noZeroes, 16);
  return bytes;
}

/** The server's side of the handshake, for one export whose name does not matter. */
export class NbdHandshake {
  readonly #sizeBytes: number;
  #clientFlags: number | undefined;
  #left: Buffer = Buffer.alloc(0);

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
  }

  push(bytes: Buffer): HandshakeStep {
    this.#left = Buffer.concat([this.#left, bytes]);
    const answers: Buffer[] = [];
    let state: HandshakeStep['state'] = 'goes-on';
    while (state === 'goes-on') {
      const next = this.#clientFlags === undefined ? this.#takeFlags() : this.#takeOption(answers);
      if (next === 'incomplete') break;
      state = next;
    }
    return { answer: Buffer.concat(answers), state, rest: this.#left };
  }

  #takeFlags(): HandshakeStep['state'] | 'incomplete' {
    if (this.#left.length < 4) return 'incomplete';
    this.#clientFlags = this.#left.readUInt32BE(0);
    this.#left = this.#left.subarray(4);
    return 'goes-on';
  }

  #takeOption(answers: Buffer[]): HandshakeStep['state'] | 'incomplete' {
    if (this.#left.length < 16) return 'incomplete';
    const lengthBytes = this.#left.readUInt32BE(12);
    if (this.#left.readBigUInt64BE(0) !== optionMagic || lengthBytes > maxOptionBytes) return 'over';
    if (this.#left.length < 16 + lengthBytes) return 'incomplete';
    const type = this.#left.readUInt32BE(8);
    this.#left = this.#left.subarray(16 + lengthBytes);
    switch (type) {
      case option.exportName:
        answers.push(this.#answerToExportName());
        return 'requests';
      case option.info:
      case option.go:
        answers.push(...this.#answerToGo(type));
        return type === option.go ? 'requests' : 'goes-on';
      case option.list:
        answers.push(replyTo(type, optionReply.server, Buffer.alloc(4)), replyTo(type, optionReply.ack));
        return 'goes-on';
      case option.abort:
        answers.push(replyTo(type, optionReply.ack));
        return 'over';
      default:
        // TLS, structured replies, block status: QEMU and libnbd do without.
        answers.push(replyTo(type, optionReply.unsupported));
        return 'goes-on';
    }
  }

  #answerToExportName(): Buffer {
    const zeroes = this.#clientFlags! & handshakeFlags.noZeroes ? 0 : 124;
    const bytes = Buffer.alloc(10 + zeroes);
    bytes.writeBigUInt64BE(BigInt(this.#sizeBytes), 0);
    bytes.writeUInt16BE(transmissionFlags, 8);
    return bytes;
  }

  #answerToGo(type: number): Buffer[] {
    const about = Buffer.alloc(12);
    about.writeUInt16BE(infoType.export, 0);
    about.writeBigUInt64BE(BigInt(this.#sizeBytes), 2);
    about.writeUInt16BE(transmissionFlags, 10);
    const blockSize = Buffer.alloc(14);
    blockSize.writeUInt16BE(infoType.blockSize, 0);
    blockSize.writeUInt32BE(512, 2);
    blockSize.writeUInt32BE(4096, 6);
    blockSize.writeUInt32BE(maximumDataBytes, 10);
    return [
      replyTo(type, optionReply.info, about),
      replyTo(type, optionReply.info, blockSize),
      replyTo(type, optionReply.ack),
    ];
  }
}

function replyTo(optionType: number, replyType: number, data = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(20);
  header.writeBigUInt64BE(optionReplyMagic, 0);
  header.writeUInt32BE(optionType, 8);
  header.writeUInt32BE(replyType, 12);
  header.writeUInt32BE(data.length, 16);
  return Buffer.concat([header, data]);
}
