import type { AuditedCommands } from '../operator/audited.ts';
import type { Desk } from '../operator/desk.ts';
import type { LinePages } from '../operator/line-pages.ts';
import type { LagRecord } from './lag-record.ts';
import type { SampleStore } from './samples.ts';

/** Paths of what the pages load, and what they are called. */
export interface ConsoleLook {
  /** `Porchlight`, or the provider's name. */
  readonly brand: string;
  readonly style: string;
  readonly script: string;
  readonly icon: string;
}

/** What the operator's pages work on. */
export interface ConsoleParts {
  readonly desk: Desk;
  readonly commands: Pick<AuditedCommands, 'carryOut'>;
  readonly lines: Pick<LinePages, 'page'>;
  readonly samples: SampleStore;
  readonly lags: Pick<LagRecord, 'of'>;
  readonly look: ConsoleLook;
}
