import { onTestFinished } from 'vitest';
import { doorRoutes } from '../../gateway-server/web/door-routes.ts';
import type { Session } from '../../gateway-server/web/doorkeeper.ts';
import { openHttpListeners } from '../../gateway-server/web/io/http-listeners.ts';
import { openWebServer } from '../../gateway-server/web/io/web-server.ts';
import type { Ipv4 } from '../../protocol/address.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { ConsoleLab } from './console-lab.ts';

/** Somebody at the console with a browser. */
export interface Guest {
  readonly cookie: string | null;
  readonly formToken: string;
}

/** The routes of a ConsoleLab behind the real web server, which alone decides who may do what. */
export async function openConsoleDoor(lab: ConsoleLab) {
  const { doorkeeper, log } = lab.api;
  const at = { origin: '' };
  const doorway = doorRoutes({
    ...{ door: 'console', doorkeeper, noted: async () => undefined, clockText: String },
    frame: { bare: (title, content) => `<title>${title}</title>${content}` },
  });
  const server = await openWebServer({
    ...{ door: 'console', doorkeeper, log, origin: () => at.origin, assets: new Map() },
    routes: [...doorway, ...lab.routes],
    wordsPage: (_status, { title }) => title,
  });
  const listeners = await openHttpListeners({
    ...{ listen: [{ address: '127.0.0.1' as Ipv4, port: 0 }], tls: null, serve: server.listener },
    ...{ clock: systemClock, log },
  });
  onTestFinished(async () => {
    await listeners.close();
    await server.close();
  });
  at.origin = `http://127.0.0.1:${listeners.endpoints[0]?.port}`;
  /** The answer's head; an answer that lasts is let go. */
  const ask = async (method: string, path: string, guest: Guest): Promise<Response> => {
    const headers: Record<string, string> = { origin: at.origin };
    if (guest.cookie !== null) headers['cookie'] = `porchlight-console=${guest.cookie}`;
    const body = method === 'POST' ? new URLSearchParams({ token: guest.formToken }) : null;
    const answer = await fetch(at.origin + path, { method, headers, body, redirect: 'manual' });
    await answer.body?.cancel();
    return answer;
  };
  return { ask };
}

/** Comes in by a one-time link for the account. */
export async function enterBy({ api }: ConsoleLab, account: Session['account']): Promise<Guest> {
  const { doorkeeper } = api;
  const outcome = await doorkeeper.enter('console', doorkeeper.operatorToken(account.id), 'here');
  if (outcome.kind !== 'in') throw new Error(outcome.kind);
  return { cookie: outcome.cookie, formToken: outcome.session.formToken };
}
