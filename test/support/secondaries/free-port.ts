import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const TRIES = 50;
/** Below the ports that systems lend to clients: what is free now stays free until its server has started. */
const LOWEST = 16_000;
const HIGHEST = 32_000;

/** A port of this address that nobody has, neither over TCP nor over UDP. */
export async function freePort(address: string): Promise<number> {
  for (let n = 0; n < TRIES; n++) {
    const port = randomInt(LOWEST, HIGHEST);
    if ((await isFreeOverTcp(address, port)) && (await isFreeOverUdp(address, port))) return port;
  }
  throw new Error(`no free port at ${address}`);
}

function isFreeOverTcp(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

function isFreeOverUdp(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, address, () => socket.close(() => resolve(true)));
  });
}
