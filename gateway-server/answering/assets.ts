import { createHash } from 'node:crypto';
import { icon } from './look/icon.ts';
import { pageStyle } from './look/page-style.ts';
import { script } from './look/script.ts';
import { tokens } from './look/tokens.ts';

/** Everything of ours on a subscriber's name lies below this path. */
export const OWN_PATH = '/.porchlight/';

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

/** What the pages load. The names hold a hash of the content, so that an old page never meets a new look. */
export const assets = {
  style: asset('page', 'css', 'text/css; charset=utf-8', tokens + pageStyle),
  script: asset('page', 'js', 'text/javascript; charset=utf-8', script),
  icon: asset('lamp', 'svg', 'image/svg+xml', icon),
} as const;

const ASSETS_BY_PATH: ReadonlyMap<string, Asset> = new Map(
  Object.values(assets).map((each) => [each.path, each]),
);

export function assetAt(path: string): Asset | undefined {
  return ASSETS_BY_PATH.get(path);
}

/** The script that records a voice or a face; known only when the islands are loaded. */
export function recorderAsset(island: string): Asset {
  return asset('recorder', 'js', 'text/javascript; charset=utf-8', island);
}

function asset(name: string, ending: string, type: string, body: string): Asset {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 10);
  return { path: `${OWN_PATH}${name}.${hash}.${ending}`, type, body };
}
