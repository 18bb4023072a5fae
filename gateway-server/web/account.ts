import type { LineId } from '../../protocol/line-id.ts';
import type { Instant } from '../../runtime/clock.ts';

/** What an operator may do: `viewer` looks, `keeper` also changes lines, `admin` also accounts, tokens and webhooks. */
export const ROLES = ['viewer', 'keeper', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Somebody who may log in. An owner's account comes with the line and has its id for a log-in name. */
export type Account =
  | {
      readonly kind: 'owner';
      readonly id: string;
      readonly login: string;
      readonly line: LineId;
      /** Null until the owner has chosen one. */
      readonly passwordHash: string | null;
      readonly createdAt: Instant;
    }
  | {
      readonly kind: 'operator';
      readonly id: string;
      readonly login: string;
      readonly role: Role;
      readonly passwordHash: string | null;
      readonly createdAt: Instant;
    };

export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
