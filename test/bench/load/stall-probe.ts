// Companion process: asks the gateway's name server every 20 ms; the longest wait is a stall of the gateway, or of the machine.
//   node stall-probe.ts PORT NAME            each line on standard input ends a phase and is answered by what it saw
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { dnsQuery } from '../../support/dns-message.ts';
import type { StallsSeen } from './stalls-seen.ts';

const EVERY_MS = 20;
const LOST_AFTER_MS = 5_000;

const [port = '', name = ''] = parseArgs({ allowPositionals: true }).positionals;
const socket = createSocket('udp4');
const sentAt = new Map<number, number>();
let waits: number[] = [];
let ownLatenessMs = 0;
let lastId = 0;
let lastTurn = performance.now();

socket.on('message', (bytes) => {
  const id = bytes.readUInt16BE(0);
  const sent = sentAt.get(id);
  sentAt.delete(id);
  if (sent !== undefined) waits.push(performance.now() - sent);
});

function ask(): void {
  const now = performance.now();
  ownLatenessMs = Math.max(ownLatenessMs, now - lastTurn - EVERY_MS);
  lastTurn = now;
  lastId = (lastId + 1) & 0xffff;
  sentAt.set(lastId, now);
  socket.send(dnsQuery({ name, id: lastId }));
}

function endPhase(): void {
  const oldest = performance.now() - LOST_AFTER_MS;
  const lost = [...sentAt].filter(([, at]) => at < oldest).map(([id]) => id);
  for (const id of lost) sentAt.delete(id);
  const seen: StallsSeen = { waits, lost: lost.length, ownLatenessMs };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
  waits = [];
  ownLatenessMs = 0;
}

socket.connect(Number(port), '127.0.0.1', () => {
  setInterval(ask, EVERY_MS);
  createInterface({ input: process.stdin })
    .on('line', endPhase)
    .on('close', () => process.exit());
});
