import type { Certificates } from './certificates.ts';
import { type Settings, ZONE } from './gateway.ts';
import { GATEWAY_ADDRESS } from './network.ts';

export const MQTT_PORT = 1883;
export const MQTT_TLS_PORT = 8883;

/** gateway.toml for the provider of the lab. */
export function labSettings(certificates: Certificates): Settings {
  const tls = { cert_file: certificates.certFile, key_file: certificates.keyFile };
  return {
    zone: { name: ZONE },
    dns: {
      listen: [`${GATEWAY_ADDRESS}:53`],
      // short, so that the visitor's caching resolver asks again within the patience of a test
      ttl: 1,
      rate_limit: 5_000,
      rate_exempt: ['192.0.2.0/24'],
      nameservers: { [`ns1.${ZONE}`]: [GATEWAY_ADDRESS] },
    },
    mqtt: {
      listen: `${GATEWAY_ADDRESS}:${MQTT_PORT}`,
      plain: true,
      tls_listen: `${GATEWAY_ADDRESS}:${MQTT_TLS_PORT}`,
      ...tls,
    },
    answering: {
      listen: [`${GATEWAY_ADDRESS}:80`],
      tls_listen: [`${GATEWAY_ADDRESS}:443`],
      ...tls,
      addresses: [GATEWAY_ADDRESS],
    },
    alive: { timeout: 3 },
    addresses: { allow: ['public', '198.51.100.0/24', '203.0.113.0/24'] },
  };
}
