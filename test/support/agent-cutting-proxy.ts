import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What happens to the first connection: it ends after so many bytes of one side, or those bytes are the last that pass. */
export interface Cut {
  readonly from: 'agent' | 'gateway';
  readonly bytes: number;
  readonly ending: 'closes' | 'falls silent' | 'writes garbage';
}

/** A wire between agent and gateway that is cut once, in mid-packet where the bytes say so; `cut` undefined lays it whole. */
export async function cuttingProxy(gatewayPort: number, cut?: Cut, times = 1) {
  let left = cut ? times : 0;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (agent) => {
    const gateway = connect(gatewayPort, '127.0.0.1').setNoDelay(true);
    for (const socket of [agent, gateway]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    const mine = cut && left-- > 0 ? cut : undefined;
    pass(agent, gateway, mine?.from === 'agent' ? mine : undefined, agent);
    pass(gateway, agent, mine?.from === 'gateway' ? mine : undefined, agent);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port };
}

function pass(from: Socket, to: Socket, cut: Cut | undefined, agent: Socket): void {
  let seen = 0;
  from.on('data', (chunk: Buffer) => {
    const allowed = cut === undefined ? chunk.length : Math.max(0, cut.bytes - seen);
    if (cut && seen >= cut.bytes && cut.ending === 'falls silent') return;
    if (allowed > 0) to.write(chunk.subarray(0, allowed));
    seen += chunk.length;
    if (cut && seen >= cut.bytes) end(cut, from, to, agent);
  });
  from.on('close', () => {
    if (cut?.ending !== 'falls silent') to.destroy();
  });
  if (cut?.bytes === 0) end(cut, from, to, agent);
}

function end({ ending }: Cut, from: Socket, to: Socket, agent: Socket): void {
  if (ending === 'falls silent') return;
  if (ending === 'writes garbage') agent.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
  setImmediate(() => {
    from.destroy();
    to.destroy();
  });
}
