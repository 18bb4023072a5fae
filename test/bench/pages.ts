// The answering machine: pages beside nginx, messages to disk, a greeting streamed to many.
//   npm run bench -- pages [cached] [messages] [greeting] [--short]
import { cachedPages } from './pages/cached-pages.ts';
import { greetingStreams } from './pages/greeting-streams.ts';
import { messageRate } from './pages/message-rate.ts';
import { runParts } from './report/run-parts.ts';

await runParts({
  name: 'pages',
  parts: { cached: cachedPages, messages: messageRate, greeting: greetingStreams },
  peers: 'nginx in the same run, with the same page, headers and names',
});
