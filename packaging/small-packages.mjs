// What a single binary holds in the place of packages of which the agent uses little, or nothing.
import { createRequire } from 'node:module';

export const fromMqtt = createRequire(createRequire(import.meta.url).resolve('mqtt'));
const client = JSON.stringify(fromMqtt.resolve('./lib/client.js'));

/** Texts of CommonJS modules, by the names of those whose place they take. */
export const SMALL_PACKAGES = {
  // the client class alone, without WebSockets and proxies
  mqtt: `exports.MqttClient = require(${client}).default;`,
  debug:
    'const say = () => {}; say.extend = () => say; say.enabled = false; module.exports = () => say; module.exports.default = module.exports;',
  'lru-cache': 'exports.LRUCache = class {};',
  'worker-timers': '',
};
