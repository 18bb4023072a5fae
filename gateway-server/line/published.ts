import type { AddressSet } from '../../protocol/address.ts';
import type { OfflineReason } from '../../protocol/message.ts';
import type { Instant } from '../../runtime/clock.ts';
import type { Serial } from '../zone/serial.ts';

/** What the zone says of a line now. DNS and the answering pages decide by this, never by presence. */
export type Published =
  | {
      readonly kind: 'addresses';
      readonly addresses: AddressSet;
      readonly serial: Serial;
      readonly since: Instant;
    }
  | {
      readonly kind: 'answering';
      /** Null while the line has never been heard. */
      readonly reason: OfflineReason | null;
      readonly serial: Serial;
      readonly since: Instant;
    };
