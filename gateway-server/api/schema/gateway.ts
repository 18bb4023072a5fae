import { Type } from 'typebox';
import type { LINE_STATES } from './line.ts';
import { Count, closed, orNull, Time } from './scalars.ts';

const Whole = Type.Integer({ minimum: 0 });

export const Batches = closed({
  count: Whole,
  lastAt: orNull(Time),
  lastSize: orNull(Whole),
  lastMs: orNull(Type.Number({ minimum: 0 })),
  waiting: Whole,
});

export const Status = closed({
  version: Type.String(),
  uptimeMs: Whole,
  zone: Type.String(),
  serial: Whole,
  mode: orNull(Type.String()),
  halted: Type.Boolean(),
  lines: closed({
    live: Count,
    queued: Count,
    suspect: Count,
    offline: Count,
    unknown: Count,
  } satisfies Record<(typeof LINE_STATES)[number], unknown>),
  batches: Batches,
  brake: Type.Boolean(),
  probe: closed({ ok: Type.Boolean(), problem: orNull(Type.String()) }),
});

export const Secondary = closed({
  address: Type.String({ examples: ['192.0.2.53:53'] }),
  serial: orNull(Whole),
  lagMs: orNull(Type.Number({ minimum: 0 })),
  proof: Type.Boolean(),
  problem: orNull(Type.String()),
});

export const Announcement = closed({ id: Type.String(), at: Time, text: Type.String() });

export const NewAnnouncement = closed({ text: Type.String({ minLength: 1, maxLength: 600 }) });

export const AuditEntry = closed({
  number: Whole,
  at: Time,
  actor: Type.String({ description: 'a log-in name, or `token NAME of LOGIN`' }),
  action: Type.String({ examples: ['line add'] }),
  subject: Type.String(),
  detail: Type.String(),
});

export const TakeDown = closed({
  why: Type.String({ maxLength: 300, pattern: '\\S', examples: ['copyright notice 17'] }),
});
