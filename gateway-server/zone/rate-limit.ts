import { bytesOf, parseAddress } from '../../protocol/address.ts';
import { contains, type Prefix } from '../../protocol/prefix.ts';
import type { Clock, Elapsed } from '../../runtime/clock.ts';

export interface RateLimits {
  /** Answers a second for each IPv4 /24 and IPv6 /56; 0 for no limit. */
  readonly perSecond: number;
  readonly exempt: readonly Prefix[];
}

/** A truncated answer lets a true client come back over TCP, and is no use to one who lends another's address. */
export type Allowance = 'answer' | 'truncate' | 'drop';

interface Bucket {
  tokens: number;
  filledAt: Elapsed;
  isTruncateNext: boolean;
}

const DOT = 46;
const ZERO = 48;
const LARGEST_GENERATION = 32_768;

/** Response rate limiting: token buckets by network, in bounded memory however many networks are pretended. */
export class RateLimit {
  readonly #clock: Clock;
  #limits: RateLimits;
  #exemptIpv4: readonly Ipv4Net[] = [];
  /** Two generations: what was not used while one filled up is forgotten with the older one. */
  #buckets = new Map<string, Bucket>();
  #olderBuckets = new Map<string, Bucket>();

  constructor(limits: RateLimits, clock: Clock) {
    this.#clock = clock;
    this.#limits = limits;
    this.setLimits(limits);
  }

  /** Takes effect with the next message. */
  setLimits(limits: RateLimits): void {
    this.#limits = limits;
    this.#exemptIpv4 = limits.exempt.filter(({ bytes }) => bytes.length === 4).map(ipv4Net);
  }

  /** How many networks are remembered. */
  get size(): number {
    return this.#buckets.size + this.#olderBuckets.size;
  }

  /** Whether one more message may go to `address` now. */
  allowanceFor(address: string): Allowance {
    if (this.#limits.perSecond === 0) return 'answer';
    const network = address.includes(':') ? this.#networkOfIpv6(address) : this.#networkOfIpv4(address);
    if (network === 'exempt') return 'answer';
    const bucket = this.#bucketOf(network);
    this.#fill(bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return 'answer';
    }
    bucket.isTruncateNext = !bucket.isTruncateNext;
    return bucket.isTruncateNext ? 'drop' : 'truncate';
  }

  #networkOfIpv4(address: string): string {
    const value = numberOfIpv4(address);
    const isExempt = this.#exemptIpv4.some(({ network, mask }) => (value & mask) === network);
    return isExempt ? 'exempt' : address.slice(0, address.lastIndexOf('.'));
  }

  /** Link-local addresses come with their interface ("fe80::1%eth0"). */
  #networkOfIpv6(text: string): string {
    const address = parseAddress(text.replace(/%.*/, ''));
    if (!address) return text;
    const isExempt = this.#limits.exempt.some((prefix) => contains(prefix, address));
    return isExempt ? 'exempt' : bytesOf(address).subarray(0, 7).join(' ');
  }

  #fill(bucket: Bucket): void {
    const now = this.#clock.elapsed();
    const { perSecond } = this.#limits;
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
    bucket.filledAt = now;
  }

  #bucketOf(network: string): Bucket {
    const known = this.#buckets.get(network);
    if (known) return known;
    const bucket = this.#olderBuckets.get(network) ?? this.#fullBucket();
    if (this.#buckets.size >= LARGEST_GENERATION) {
      this.#olderBuckets = this.#buckets;
      this.#buckets = new Map();
    }
    this.#buckets.set(network, bucket);
    return bucket;
  }

  #fullBucket(): Bucket {
    const filledAt = this.#clock.elapsed();
    return { tokens: this.#limits.perSecond, filledAt, isTruncateNext: false };
  }
}

interface Ipv4Net {
  readonly network: number;
  readonly mask: number;
}

function ipv4Net({ bytes, length }: Prefix): Ipv4Net {
  const mask = length === 0 ? 0 : -1 << (32 - length);
  return { network: numberOfIpv4(bytes.join('.')) & mask, mask };
}

/** The address as a signed 32-bit number, as the bit operators see it; runs for every packet. */
function numberOfIpv4(address: string): number {
  let value = 0;
  let octet = 0;
  for (let at = 0; at < address.length; at++) {
    const code = address.charCodeAt(at);
    if (code === DOT) {
      value = (value << 8) | octet;
      octet = 0;
    } else octet = octet * 10 + code - ZERO;
  }
  return (value << 8) | octet;
}
