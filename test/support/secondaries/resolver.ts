import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Endpoint } from '../../../gateway-server/endpoint.ts';
import type { Address } from '../../../protocol/address.ts';
import type { DecodedMessage } from '../dns-message.ts';
import { Program } from '../lab/program.ts';
import { unboundConf } from '../unbound-conf.ts';
import { freePort } from './free-port.ts';
import { type AskedType, addressesIn, question } from './question.ts';

export interface ResolverWish {
  readonly zone: string;
  /** The zone's servers, as if the delegation named them. */
  readonly servers: readonly Endpoint[];
  /** A DS record that must be kept to. */
  readonly trustAnchor?: string;
}

/** unbound answers nobody who has waited for 1.9 s: by then he asks again, and it is in its cache. */
const PATIENCE_MS = 2_000;
const TRIES = 4;
/** RD, and AD: "tell me whether you have validated it" (RFC 6840 §5.7). */
const RECURSION_AND_PROOF_WISHED = 0x0120;

/** unbound as the visitors' resolver; it ends with the test. */
export class Resolver {
  readonly endpoint: Endpoint;
  readonly program: Program;

  private constructor(endpoint: Endpoint, program: Program) {
    this.endpoint = endpoint;
    this.program = program;
  }

  static async start(wish: ResolverWish): Promise<Resolver> {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-unbound-'));
    const endpoint = { address: '127.0.0.1' as Address, port: await freePort('127.0.0.1') };
    const config = join(folder, 'unbound.conf');
    writeFileSync(config, unboundConf({ ...wish, port: endpoint.port, folder }));
    const program = new Program('unbound', ['unbound', '-d', '-p', '-c', config]);
    onTestFinished(async () => {
      await program.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    await program.log.waitForText('start of service', 10_000);
    return new Resolver(endpoint, program);
  }

  /** Asks as a visitor's computer does, again when nothing comes; undefined when nothing has come at all. */
  async ask(name: string, type: AskedType = 'A'): Promise<DecodedMessage | undefined> {
    const options = { limitMs: PATIENCE_MS, flags: RECURSION_AND_PROOF_WISHED };
    for (let n = 0; n < TRIES; n++) {
      const reply = await question(this.endpoint, name, type, options);
      if (reply) return reply;
    }
    return undefined;
  }

  async addressesOf(name: string): Promise<readonly string[]> {
    return addressesIn(await this.ask(name));
  }
}
