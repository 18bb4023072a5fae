import { Namespace } from './namespace.ts';

/** Where the gateway lives, on the side of the visitors. */
export const GATEWAY_ADDRESS = '192.0.2.1';
const VISITOR_ADDRESS = '192.0.2.2';
/** The provider's routers on the access network, one a pool of leases. */
const ACCESS_ROUTERS = ['198.51.100.1', '203.0.113.1'];

export interface Network {
  readonly isp: Namespace;
  readonly visitor: Namespace;
}

/** The provider with its access network `br0`, and a visitor somewhere on the Internet. */
export async function layOut(prefix: string): Promise<Network> {
  const isp = await Namespace.create(`${prefix}-isp`);
  const visitor = await Namespace.create(`${prefix}-visitor`);
  await isp.ip('link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0');
  await isp.ip('link', 'set', 'br0', 'up');
  for (const router of ACCESS_ROUTERS) await isp.ip('addr', 'add', `${router}/24`, 'dev', 'br0');
  await isp.ip('link', 'add', 'vis', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', visitor.name);
  await isp.ip('addr', 'add', `${GATEWAY_ADDRESS}/24`, 'dev', 'vis');
  await isp.ip('link', 'set', 'vis', 'up');
  await isp.mustRun(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  await visitor.ip('addr', 'add', `${VISITOR_ADDRESS}/24`, 'dev', 'eth0');
  await visitor.ip('link', 'set', 'eth0', 'up');
  await visitor.ip('route', 'add', 'default', 'via', GATEWAY_ADDRESS);
  return { isp, visitor };
}

/** A subscriber's router whose `wan` hangs on the access network; `name` is also its port at the provider. */
export async function connectHome(isp: Namespace, prefix: string, name: string): Promise<Namespace> {
  const home = await Namespace.create(`${prefix}-${name}`);
  await isp.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'wan', 'netns', home.name);
  await isp.ip('link', 'set', name, 'master', 'br0', 'up');
  await home.ip('link', 'set', 'wan', 'up');
  return home;
}
