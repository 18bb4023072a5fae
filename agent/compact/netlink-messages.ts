/** Reads and writes what the kernel says of links and addresses (rtnetlink(7)); bytes in, values out. */
import { addressOfBytes } from '../../protocol/address.ts';
import type { WanAddress } from '../wan-addresses.ts';

/** One message of several that come together. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly body: DataView;
}

export interface LinkFacts {
  readonly index: number;
  readonly hasCarrier: boolean;
}

const HEADER_BYTES = 16;
const LINK_BYTES = 16;
const ADDRESS_BYTES = 8;
const ATTRIBUTE_BYTES = 4;

const GET_LINK = 18;
const GET_ADDRESS = 22;
const NEW_LINK = 16;
const NEW_ADDRESS = 20;
const ERROR = 2;
const DONE = 3;

const REQUEST = 0x001;
const DUMP = 0x300;
const DUMP_INTERRUPTED = 0x10;

const INTERFACE_NAME = 3;
const PEER_OR_OWN = 1;
const OWN = 2;
const CACHE_INFO = 6;
const ALL_FLAGS = 8;

/** Of links: the cable is in. */
const LOWER_UP = 0x1_0000;
const SECONDARY_OR_TEMPORARY = 0x01;
const DAD_FAILED = 0x08;
const DEPRECATED = 0x20;
const TENTATIVE = 0x40;
const GLOBAL_SCOPE = 0;
const FAMILY_IPV4 = 2;
/** 2^32 - 1 is the kernel's "for ever". */
const FOR_EVER = 0xffff_ffff;

/** The kernel speaks in the byte order of its processor. */
const IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Asks for one link by its name. */
export function linkRequest(name: string): ArrayBuffer {
  const attributeBytes = ATTRIBUTE_BYTES + name.length + 1;
  const request = requestOf(GET_LINK, REQUEST, LINK_BYTES + padded(attributeBytes));
  const at = HEADER_BYTES + LINK_BYTES;
  request.setUint16(at, attributeBytes, IS_LITTLE);
  request.setUint16(at + 2, INTERFACE_NAME, IS_LITTLE);
  for (let i = 0; i < name.length; i++) request.setUint8(at + ATTRIBUTE_BYTES + i, name.charCodeAt(i));
  return bufferOf(request);
}

/** Asks for every address of every link: older kernels know no narrower question. */
export function addressesRequest(): ArrayBuffer {
  return bufferOf(requestOf(GET_ADDRESS, REQUEST | DUMP, ADDRESS_BYTES));
}

/** Cuts what was read in one go into its messages; what is too short to be one ends them. */
export function messagesIn(bytes: ArrayBuffer, length: number): Message[] {
  const messages: Message[] = [];
  const view = new DataView(bytes, 0, length);
  for (let at = 0; at + HEADER_BYTES <= length; ) {
    const size = view.getUint32(at, IS_LITTLE);
    if (size < HEADER_BYTES || at + size > length) break;
    messages.push({
      type: view.getUint16(at + 4, IS_LITTLE),
      flags: view.getUint16(at + 6, IS_LITTLE),
      body: new DataView(bytes, at + HEADER_BYTES, size - HEADER_BYTES),
    });
    at += padded(size);
  }
  return messages;
}

export function isLast({ type }: Message): boolean {
  return type === DONE || type === ERROR;
}

/** True when the list was changed while it was told: it may lack something, and has to be asked for again. */
export function isInterrupted({ flags }: Message): boolean {
  return (flags & DUMP_INTERRUPTED) !== 0;
}

/** Undefined for a message that is about something else. */
export function linkIn({ type, body }: Message): LinkFacts | undefined {
  if (type !== NEW_LINK || body.byteLength < LINK_BYTES) return undefined;
  const flags = body.getUint32(8, IS_LITTLE);
  return { index: body.getInt32(4, IS_LITTLE), hasCarrier: (flags & LOWER_UP) !== 0 };
}

/** The address in a message, where it is one of this link. */
export function addressIn({ type, body }: Message, link: number): WanAddress | undefined {
  if (type !== NEW_ADDRESS || body.byteLength < ADDRESS_BYTES) return undefined;
  if (body.getUint32(4, IS_LITTLE) !== link) return undefined;
  const attributes = attributesIn(body, ADDRESS_BYTES);
  const bytes = attributes.get(OWN) ?? attributes.get(PEER_OR_OWN);
  const address = bytes && addressOfBytes(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (address === undefined) return undefined;
  const isIpv4 = body.getUint8(0) === FAMILY_IPV4;
  const flags = word(attributes.get(ALL_FLAGS), 0) ?? body.getUint8(2);
  const unfit = DAD_FAILED | DEPRECATED | TENTATIVE | (isIpv4 ? 0 : SECONDARY_OR_TEMPORARY);
  return {
    address,
    isGlobal: body.getUint8(3) === GLOBAL_SCOPE,
    isSecondary: isIpv4 && (flags & SECONDARY_OR_TEMPORARY) !== 0,
    isUnfit: (flags & unfit) !== 0,
    preferredSeconds: word(attributes.get(CACHE_INFO), 0) ?? FOR_EVER,
  };
}

function requestOf(type: number, flags: number, bodyBytes: number): DataView {
  const request = new DataView(new ArrayBuffer(HEADER_BYTES + bodyBytes));
  request.setUint32(0, request.byteLength, IS_LITTLE);
  request.setUint16(4, type, IS_LITTLE);
  request.setUint16(6, flags, IS_LITTLE);
  return request;
}

function bufferOf(view: DataView): ArrayBuffer {
  // made by requestOf() of a buffer of its own
  return view.buffer as ArrayBuffer;
}

function attributesIn(body: DataView, from: number): ReadonlyMap<number, DataView> {
  const attributes = new Map<number, DataView>();
  for (let at = from; at + ATTRIBUTE_BYTES <= body.byteLength; ) {
    const size = body.getUint16(at, IS_LITTLE);
    if (size < ATTRIBUTE_BYTES || at + size > body.byteLength) break;
    const value = new DataView(body.buffer, body.byteOffset + at + ATTRIBUTE_BYTES, size - ATTRIBUTE_BYTES);
    attributes.set(body.getUint16(at + 2, IS_LITTLE), value);
    at += padded(size);
  }
  return attributes;
}

function word(value: DataView | undefined, at: number): number | undefined {
  return value && value.byteLength >= at + 4 ? value.getUint32(at, IS_LITTLE) : undefined;
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}
