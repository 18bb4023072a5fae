import { lookup } from 'node:dns/promises';
import { type Address, parseAddress } from '../../../protocol/address.ts';
import { guardedRequests } from '../../outbound/io/guarded-requests.ts';
import type { Outbound, OutboundResult } from '../../outbound/outbound.ts';
import type { Reach } from '../../outbound/reach.ts';
import type { Call, Called, Caller } from '../caller.ts';

interface CallerParts {
  readonly reach: Pick<Reach, 'mayCall'>;
  /** Asked once for each call. */
  readonly resolve?: (name: string) => Promise<readonly Address[]>;
  /** Certificates to trust instead of the system's. */
  readonly ca?: string;
}

/** What is read of an answer; only its status counts. */
const MOST_ANSWER_BYTES = 64 * 1024;
const NOWHERE: Called = { kind: 'refused', why: 'the name leads to no address that may be called' };

/** Calls webhooks: the name is resolved once, and the address that was checked is the one that is called. */
export function guardedCaller({ reach, resolve = resolveByTheSystem, ca }: CallerParts): Caller {
  const outbound = guardedRequests({ reach, ca });
  return {
    post: async (call, signal) => {
      const late = AbortSignal.timeout(call.deadlineMs);
      const either = AbortSignal.any([signal, late]);
      try {
        const found = await abortable(addressesOf(call.url, resolve), either);
        const address = found.find((one) => reach.mayCall(one));
        return address === undefined ? NOWHERE : calledBy(await post(outbound, call, address, either));
      } catch (error) {
        if (signal.aborted) throw error;
        return late.aborted ? { kind: 'too-late' } : { kind: 'unreachable', why: String(error) };
      }
    },
  };
}

async function addressesOf(url: string, resolve: NonNullable<CallerParts['resolve']>) {
  const name = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  const literal = parseAddress(name);
  return literal === undefined ? resolve(name) : [literal];
}

function post(outbound: Outbound, call: Call, address: Address, signal: AbortSignal) {
  return outbound.request({ ...call, address, method: 'POST', mostBytes: MOST_ANSWER_BYTES }, signal);
}

function calledBy(result: OutboundResult): Called {
  switch (result.kind) {
    case 'answered':
      return { kind: 'answered', status: result.status };
    case 'refused':
      return NOWHERE;
    default:
      return result;
  }
}

async function resolveByTheSystem(name: string): Promise<readonly Address[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => parseAddress(address)).filter((address) => address !== undefined);
}

/** The system's resolver knows no deadline of ours. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
