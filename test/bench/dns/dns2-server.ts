// dns2's own server as its README shows it, with a Map behind it.
//   node dns2-server.ts ADDRESS PORT NAMES
import { parseArgs } from 'node:util';
import { createServer, Packet, type Resource } from 'dns2';
import { addressOf, nameOf, TTL_SECONDS } from './bench-zone.ts';

const [host = '', port = '', names = ''] = parseArgs({ allowPositionals: true }).positionals;
const addresses = new Map<string, string>();
for (let n = 0; n < Number(names); n++) addresses.set(nameOf(n), addressOf(n));

const RECORD = { type: Packet.TYPE.A, class: Packet.CLASS.IN, ttl: TTL_SECONDS };

const server = createServer({
  udp: true,
  handle: (request, send) => {
    const response = Packet.createResponseFromRequest(request);
    const name = request.questions[0]?.name ?? '';
    const address = addresses.get(name);
    if (address)
      // the README gives plain objects, for which the type asks more than the program does
      response.answers.push({ ...RECORD, name, address } as Resource);
    else response.header.rcode = Packet.RCODE.NXDOMAIN;
    void send(response);
  },
});
await server.listen({ udp: { port: Number(port), address: host } });
