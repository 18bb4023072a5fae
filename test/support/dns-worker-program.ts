import { runDnsWorker } from '../../gateway-server/zone/io/dns-worker.ts';

/** What the gateway's program does when it is asked for `dns-worker`. */
await runDnsWorker();
