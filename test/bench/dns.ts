// The zone: questions a second, changes until they are seen, and backups, with other name servers beside ours.
//   npm run bench -- dns [queries] [large] [updates] [mass] [registrations] [secondaries] [--short]
import { largeZone } from './dns/large-zone.ts';
import { massChange } from './dns/mass-change.ts';
import { queryRates } from './dns/query-rates.ts';
import { registrations } from './dns/registrations.ts';
import { secondaries } from './dns/secondaries.ts';
import { updates } from './dns/updates.ts';
import { runParts } from './report/run-parts.ts';

await runParts({
  name: 'dns',
  parts: { queries: queryRates, large: largeZone, updates, mass: massChange, registrations, secondaries },
  peers:
    'BIND, Knot, NSD, PowerDNS and dns2 in the same run, each with the same zone; those missing are named as absent',
});
