import type { DomainName } from '../../protocol/domain-name.ts';
import { type Endpoint, endpointText } from '../endpoint.ts';
import type { Exchange } from '../zone/backup/exchange.ts';
import { serialIn, serialQuestion } from '../zone/backup/messages.ts';
import type { RecordName } from '../zone/static/record-name.ts';
import { TYPE } from '../zone/wire.ts';
import { nameQuestion, readNameReply } from './name-question.ts';
import type { SecondaryAnswer } from './secondaries.ts';

interface Parts {
  readonly endpoints: readonly Endpoint[];
  readonly exchange: Exchange;
  readonly zone: DomainName;
  /** A message ID that nobody can guess. */
  readonly nextId: () => number;
}

/** Less than the operator's patience, so that those that answer are not lost with those that do not. */
const WAIT_MS = 900;

/** What each secondary serves for a name now, all asked side by side. */
export function askSecondaries(
  parts: Parts,
  name: RecordName,
  signal: AbortSignal,
): Promise<readonly SecondaryAnswer[]> {
  return Promise.all(parts.endpoints.map((endpoint) => askOne(parts, endpoint, name, signal)));
}

async function askOne(
  { exchange, zone, nextId }: Parts,
  endpoint: Endpoint,
  name: RecordName,
  signal: AbortSignal,
): Promise<SecondaryAnswer> {
  const ask = (message: Buffer) => exchange.ask(endpoint, message, WAIT_MS, signal);
  const [ipv4, ipv6, soa] = await Promise.all([
    ask(nameQuestion(nextId(), name, TYPE.A)),
    ask(nameQuestion(nextId(), name, TYPE.AAAA)),
    ask(serialQuestion(nextId(), zone)),
  ]);
  const told = soa === 'silent' ? undefined : serialIn(soa, zone);
  const serial = told?.kind === 'serial' ? told.serial : null;
  return { address: endpointText(endpoint), ...summed([ipv4, ipv6]), serial };
}

/** Both families taken together: one of them is enough for a name to be there. */
function summed(replies: readonly (Buffer | 'silent')[]): Pick<SecondaryAnswer, 'answer' | 'addresses'> {
  const read = replies.flatMap((reply) => (reply === 'silent' ? [] : [readNameReply(reply)]));
  const addresses = read.flatMap((reply) => (reply.kind === 'addresses' ? reply.addresses : []));
  if (addresses.length > 0) return { answer: 'addresses', addresses };
  const kinds = read.map(({ kind }) => kind);
  if (kinds.length === 0) return { answer: 'silent', addresses };
  if (kinds.includes('addresses')) return { answer: 'no-addresses', addresses };
  return { answer: kinds.includes('no-name') ? 'no-name' : 'refused', addresses };
}
