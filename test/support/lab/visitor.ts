import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unboundConf } from '../unbound-conf.ts';
import type { Namespace } from './namespace.ts';
import { GATEWAY_ADDRESS } from './network.ts';

/** What dig shows of an answer. */
export interface DnsReply {
  /** NOERROR, NXDOMAIN, SERVFAIL ... */
  readonly code: string;
  readonly addresses: readonly string[];
  readonly text: string;
}

export interface WebReply {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

export interface Request {
  /** A POST with these fields. */
  readonly form?: Readonly<Record<string, string>>;
  /** Certificate authority for https. */
  readonly caFile?: string;
  /** As `Name: value`. */
  readonly headers?: readonly string[];
}

/** Somebody on the Internet who knows only the subscriber's name. */
export class Visitor {
  readonly host: Namespace;

  constructor(host: Namespace) {
    this.host = host;
  }

  /** Starts the caching resolver that the visitor's programs ask; it knows the way to the gateway for this zone. */
  async startResolver(zone: string, folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'unbound.conf');
    writeFileSync(
      file,
      unboundConf({ zone, servers: [{ address: GATEWAY_ADDRESS, port: 53 }], port: 53, folder }),
    );
    const unbound = this.host.start('unbound', ['unbound', '-d', '-p', '-c', file]);
    await unbound.log.waitForText('start of service', 10_000);
  }

  /** Asks the caching resolver, as any program does. */
  async resolve(name: string, type = 'A'): Promise<DnsReply> {
    return await this.dig('127.0.0.1', name, type);
  }

  /** Asks the gateway itself. */
  async askGateway(name: string, type = 'A'): Promise<DnsReply> {
    return await this.dig(GATEWAY_ADDRESS, name, type);
  }

  async dig(server: string, name: string, type: string, ...more: string[]): Promise<DnsReply> {
    const words = ['+time=2', '+tries=2', '+norecurse', ...more];
    const { stdout } = await this.host.run([
      'dig',
      `@${server}`,
      name,
      type,
      ...(server === '127.0.0.1' ? words.slice(0, 2) : words),
    ]);
    const rows = stdout.split('\n').filter((row) => row !== '' && !row.startsWith(';'));
    const fields = rows.map((row) => row.split(/\s+/)).filter((row) => row[3] === type);
    return {
      code: /status: (\w+)/.exec(stdout)?.[1] ?? 'NONE',
      addresses: fields.map((row) => row[4] ?? ''),
      text: stdout,
    };
  }

  /** Opens a page with curl, by its name. */
  async open(url: string, { form, caFile, headers = [] }: Request = {}): Promise<WebReply> {
    const fields = Object.entries(form ?? {}).flatMap(([name, value]) => [
      '--data-urlencode',
      `${name}=${value}`,
    ]);
    const trust = caFile ? ['--cacert', caFile] : [];
    const { code, stdout, stderr } = await this.host.run([
      'curl',
      ...['-sS', '-i', '--max-time', '5', '-w', '\n%{http_code}'],
      ...trust,
      ...headers.flatMap((header) => ['-H', header]),
      ...fields,
      url,
    ]);
    if (code !== 0) return { status: 0, headers: '', body: stderr };
    return webReply(stdout);
  }

  /** True when the address answers a ping now, whoever has it. */
  async pings(address: string): Promise<boolean> {
    return (await this.host.run(['ping', '-c1', '-W1', '-q', address])).code === 0;
  }
}

function webReply(text: string): WebReply {
  const lastBreak = text.lastIndexOf('\n');
  const bodyStart = text.indexOf('\r\n\r\n');
  return {
    status: Number(text.slice(lastBreak + 1)),
    headers: text.slice(0, bodyStart).replaceAll('\r', ''),
    body: text.slice(bodyStart + 4, lastBreak),
  };
}
