/** One MQTT packet as it came. */
export interface Packet {
  readonly firstByte: number;
  readonly body: Buffer;
}

export interface Published {
  readonly topic: string;
  readonly packetId: number | null;
  readonly payload: Buffer;
}

/** Cuts the bytes of one connection into packets (MQTT 3.1.1, section 2.2). */
export class PacketStream {
  #rest: Buffer = Buffer.alloc(0);

  take(chunk: Buffer): Packet[] {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const packets: Packet[] = [];
    for (let end = endOf(bytes); end; end = endOf(bytes)) {
      packets.push({ firstByte: bytes[0] ?? 0, body: bytes.subarray(end.header, end.total) });
      bytes = bytes.subarray(end.total);
    }
    this.#rest = bytes;
    return packets;
  }
}

export function publishedIn({ firstByte, body }: Packet): Published {
  const topicEnd = 2 + body.readUInt16BE(0);
  const hasId = (firstByte & 0b110) !== 0;
  return {
    topic: body.toString('utf8', 2, topicEnd),
    packetId: hasId ? body.readUInt16BE(topicEnd) : null,
    payload: body.subarray(hasId ? topicEnd + 2 : topicEnd),
  };
}

/** Where the first packet's body begins and ends; undefined while it is not all there. */
function endOf(bytes: Buffer): { readonly header: number; readonly total: number } | undefined {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at++) {
    const byte = bytes[at] ?? 0;
    length |= (byte & 0x7f) << (7 * (at - 1));
    if (byte >= 0x80) continue;
    const total = at + 1 + length;
    return total <= bytes.length ? { header: at + 1, total } : undefined;
  }
  return undefined;
}
