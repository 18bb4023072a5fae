// The licences of all that is inside the compact agent, in one text.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../commands.mjs';
import { fetchMusl, SOURCES } from './sources.mjs';

const LICENCE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;

/** One part after the other, each under its name and version; `inputs` are the files of the bundle. */
export function licencesText(tree, inputs) {
  const folders = inputs.map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  const packages = [...new Set(folders.filter((folder) => folder !== undefined))].sort();
  const parts = [
    ...SOURCES.packages.map(({ name, version }) => ({
      title: `${name} ${version}`,
      text: readFileSync(join(tree, name === 'quickjs' ? 'engine' : name, 'LICENSE'), 'utf8'),
    })),
    { title: `musl ${SOURCES.musl.version}`, text: muslLicence() },
    ...packages.map((folder) => packagePart(join(ROOT, folder))),
  ];
  return parts.map(({ title, text }) => `==== ${title}\n\n${text.trim()}\n`).join('\n\n');
}

function packagePart(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => LICENCE.test(basename(entry)));
  return {
    title: `${name} ${version}`,
    text: file ? readFileSync(join(folder, file), 'utf8') : `Licence: ${license}`,
  };
}

/** The same for every processor. */
function muslLicence() {
  return readFileSync(join(fetchMusl('arm64'), 'usr', 'share', 'doc', 'musl-dev', 'copyright'), 'utf8');
}
