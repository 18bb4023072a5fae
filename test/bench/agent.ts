// The agent as it ships, compact and with Node inside, beside inadyn and ddclient: size, memory, start, idle time, reaction.
//   npm run bench -- agent [--short] [size] [start] [idle] [reaction]
import { idle } from './agent/idle.ts';
import { reaction } from './agent/reaction.ts';
import { size } from './agent/size.ts';
import { start } from './agent/start.ts';
import { runParts } from './report/run-parts.ts';

await runParts({
  name: 'agent',
  parts: { size, start, idle, reaction },
  peers: 'inadyn and ddclient tell a web server on loopback, the agents a broker with TLS 1.3',
});
