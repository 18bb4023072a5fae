import type { Answer } from './answer-fields.ts';
import { batchesBehind } from './secondaries.ts';
import { durationText } from './time-text.ts';

/** How a secondary keeps up with the zone, which is at `serial`. */
export function secondaryText(secondary: Answer, serial: number): string {
  const { address, proof, problem } = secondary;
  const role = proof === true ? ', proves' : '';
  const wrong = typeof problem === 'string' ? `; ${problem}` : '';
  return `${address}${role}: ${stepText(secondary, serial)}${wrong}`;
}

function stepText({ serial: served, lagMs }: Answer, serial: number): string {
  if (typeof served !== 'number') return 'never heard';
  const behind = batchesBehind(served, serial);
  const since = typeof lagMs === 'number' && lagMs > 0 ? ` for ${durationText(lagMs)}` : '';
  if (behind > 0) return `serves serial ${served}, ${batches(behind)} behind${since}`;
  return served === serial
    ? `serves serial ${served}, in step`
    : `serves serial ${served}, AHEAD of this zone`;
}

/** What a secondary said of a name, and from which zone. */
export function servedText({ answer, addresses, serial: served }: Answer, serial: number): string {
  if (answer === 'silent') return 'does not answer';
  if (answer === 'refused') return 'refuses the question';
  const list = Array.isArray(addresses) ? addresses.join(' and ') : '';
  const said = answer === 'addresses' ? list : answer === 'no-name' ? 'no such name' : 'no address';
  if (typeof served !== 'number') return said;
  const behind = batchesBehind(served, serial);
  return `${said}, serial ${served}, ${behind > 0 ? `${batches(behind)} behind` : 'in step'}`;
}

function batches(count: number): string {
  return count === 1 ? '1 batch' : `${count} batches`;
}
