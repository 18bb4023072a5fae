import type { OfflineReason } from '../../protocol/message.ts';

const REASONS: Readonly<Record<OfflineReason, string>> = {
  farewell: 'its agent said good-bye',
  silent: 'neither its agent nor its address answered',
  unproven: 'its address answered, but its agent did not',
  'address-taken': 'another line has taken over its address',
  suspended: 'the line is suspended',
  rehearsal: 'its owner rehearses being off-line',
};

/** Why the gateway answers for a line, in words. A suspension that is over still tells why the names lead where they lead. */
export function reasonText(reason: OfflineReason | null, isSuspended: boolean): string {
  if (reason === null) return 'the line has never been heard';
  if (reason === 'suspended' && !isSuspended) {
    return 'the line was suspended, and its agent has not registered since';
  }
  return REASONS[reason];
}
