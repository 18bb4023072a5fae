import { writeSync } from 'node:fs';
import { type Address, addressesIn, NO_ADDRESSES } from '../../protocol/address.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { LeasesCommand, ReportCommand } from '../command-line.ts';
import { gatewayText } from '../gateway-url.ts';
import { readLeases } from '../lease/formats.ts';
import type { LeaseReading } from '../lease/lease.ts';
import { leasesJson, leasesText } from '../lease/lease-report.ts';
import type { InterfaceSeen } from '../lease-watch.ts';
import { columns, statusText } from '../status-text.ts';
import { chooseAddresses } from '../wan-addresses.ts';
import { readInterface } from './ip-command.ts';
import { readWithOlder } from './kea-files.ts';
import { readSettings, readSettingsOnly, settingsPath } from './settings-file.ts';
import { readStatusFile } from './status-file.ts';

/** Tells what the running agent says of the line. Gives the exit code: 1 when there is no agent that could say anything. */
export async function statusCommand({ config, json }: ReportCommand): Promise<number> {
  const { statusFile } = await readSettingsOnly(await settingsPath(config));
  const seen = await readStatusFile(statusFile);
  if (seen.kind === 'none') {
    if (json) print(JSON.stringify({ running: false, why: seen.why }));
    else complain(`no agent has written a status: ${seen.why}`);
    return 1;
  }
  const { status, isRunning } = seen;
  if (json) print(JSON.stringify({ running: isRunning, ...status }, null, 2));
  else print(statusText(status, systemClock.now()).trimEnd());
  if (!isRunning && !json) complain('the agent is not running: this is what it wrote last');
  return isRunning ? 0 : 1;
}

/** Reads the settings and everything they name, and shows what the agent would work with. */
export async function checkCommand({ config, json }: ReportCommand): Promise<number> {
  const path = await settingsPath(config);
  const { ready, gateway, wan, statusFile, caFile } = await readSettings(path);
  const seen = await Promise.all(wan.interfaces.map((name) => readInterface(name)));
  const links = wan.interfaces.map((name, index) => ({ name, seen: seen[index] ?? null }));
  const facts = {
    settings: path,
    gateway: gatewayText(gateway),
    certificates: gateway.isEncrypted ? (caFile ?? "the system's own") : null,
    line: ready.line,
    domain: ready.domain,
    interface: links.length === 0 ? null : links.map(({ name }) => name).join(', '),
    addresses: links.length === 0 ? null : linksText(links),
    'lease file': wan.leaseFile,
    'status file': statusFile,
  };
  if (json) print(JSON.stringify({ ok: true, ...facts }));
  else print(`the settings are right\n${columns(Object.entries(facts), '  ').trimEnd()}`);
  return 0;
}

interface Link {
  readonly name: string;
  readonly seen: InterfaceSeen;
}

/** What the line would be known by now; of several interfaces each, with the one that is used. */
function linksText(links: readonly Link[]): string {
  const used = links.find((link) => link.seen?.hasCarrier && addressesOf(link).length > 0);
  const texts = links.map((link) => {
    const held = addressesOf(link).join(', ') || (link.seen ? 'none' : 'no such interface now');
    if (links.length === 1) return held;
    const cable = link.seen?.hasCarrier === false ? ', no cable' : '';
    return `${link.name}: ${held}${cable}${link === used ? ' (used)' : ''}`;
  });
  return texts.join('; ');
}

function addressesOf({ seen }: Link): Address[] {
  return addressesIn(chooseAddresses(seen?.addresses ?? [], [], NO_ADDRESSES));
}

/** Parses a lease file and says what it understood; 1 when that is nothing. */
export async function leasesCommand({ file, format, at, json }: LeasesCommand): Promise<number> {
  const seen = await readWithOlder(file);
  const reading: Pick<LeaseReading, 'format' | 'leases' | 'problems'> =
    seen.kind === 'found'
      ? readLeases(seen.file, at ?? Math.floor(systemClock.now() / 1000), format)
      : { format: format ?? 'unknown', leases: [], problems: [seen.why] };
  print(json ? leasesJson(reading) : leasesText(reading));
  return reading.leases.length === 0 && reading.problems.length > 0 ? 1 : 0;
}

export function print(text: string): void {
  writeSync(1, `${text}\n`);
}

export function complain(text: string): void {
  writeSync(2, `${text}\n`);
}
