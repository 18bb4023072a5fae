import type { ProgramLog } from '../lab/program-log.ts';
import type { Secondary } from './secondary.ts';

/** How this backup was given the zone, time after time, as the gateway's log has it. */
export function transfersTo({ endpoint }: Secondary, log: ProgramLog): readonly string[] {
  return log
    .all({ event: 'zone transferred' })
    .filter(({ client }) => String(client).replace(/:\d+$/, '') === endpoint.address)
    .map(({ kind }) => String(kind));
}
