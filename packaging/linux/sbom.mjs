// What is inside each program, as CycloneDX 1.5: only what its bundle really holds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { AGENT_VERSION, RELEASED_AT } from '../../agent/version.ts';
import { ROOT } from '../commands.mjs';
import { SOURCES } from '../compact/sources.mjs';

const LICENCES = { quickjs: 'MIT', mbedtls: 'Apache-2.0', musl: 'MIT' };

/** The files of a program's bundle for Node, by bundling it once more without writing. */
export async function inputsOf(main) {
  const { metafile } = await build({
    entryPoints: [join(ROOT, main)],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    define: { BUNDLED_ISLANDS: '{}' },
    logLevel: 'error',
  });
  return Object.keys(metafile.inputs);
}

/** A CycloneDX document; `programs` are names with the files of their bundles, and `engine` for the compact one. */
export function sbomOf(programs) {
  const components = new Map();
  for (const { inputs, hasEngine = false } of programs) {
    for (const component of [...packagesIn(inputs), ...(hasEngine ? engineParts() : [])])
      components.set(component['bom-ref'], component);
  }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(RELEASED_AT).toISOString(),
      component: { type: 'application', name: 'porchlight', version: AGENT_VERSION, 'bom-ref': 'porchlight' },
    },
    components: [...components.values()],
    dependencies: programs.map(({ name, inputs, hasEngine = false }) => ({
      ref: name,
      dependsOn: [...packagesIn(inputs), ...(hasEngine ? engineParts() : [])].map((part) => part['bom-ref']),
    })),
  };
}

function packagesIn(inputs) {
  const folders = inputs.map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    return part({ name, version, licence: license, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` });
  });
}

/** The C sources, as Debian names their versions; with the hashes that were checked. */
function engineParts() {
  const sources = SOURCES.packages.map(({ name, version }) =>
    part({ name, version, licence: LICENCES[name], purl: `pkg:deb/debian/${name}@${version}?arch=source` }),
  );
  const { version } = SOURCES.musl;
  return [
    ...sources,
    part({ name: 'musl', version, licence: LICENCES.musl, purl: `pkg:deb/debian/musl@${version}` }),
  ];
}

function part({ name, version, licence, purl }) {
  return {
    type: 'library',
    name,
    version,
    purl,
    'bom-ref': purl,
    // a licence is a name of SPDX's list, or an expression of such names
    licenses: [/[ ()]/.test(licence) ? { expression: licence } : { license: { id: licence } }],
  };
}
