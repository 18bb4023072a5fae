import { within } from '../../runtime/deadline.ts';
import type { RecordName } from '../zone/static/record-name.ts';
import type { Desk } from './desk.ts';
import type { SecondaryAnswer } from './secondaries.ts';

const PATIENCE_MS = 1_000;

/** What each secondary serves for a name now; the operator does not wait for those that are dead. */
export async function askedNow(
  { service, clock }: Desk,
  name: RecordName,
): Promise<readonly SecondaryAnswer[]> {
  if (service === null || service.secondaries().length === 0) return [];
  const asking = service.askSecondaries(name);
  const answers = await within(clock, PATIENCE_MS, asking, new AbortController().signal);
  if (answers !== 'too-late') return answers;
  return service
    .secondaries()
    .map(({ address }) => ({ address, answer: 'silent', addresses: [], serial: null }));
}
