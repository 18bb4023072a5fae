import { join } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../runtime/clock.ts';
import { type AuthorityFiles, initAuthority, issueCertificate } from '../authority/io/authority-files.ts';
import { readSettingsAlone } from './settings-file.ts';

/** The self-made certificate authority, for demos, labs and providers without another one: `data_dir/ca` unless told otherwise. */
export function addAuthorityCommands(
  program: Command,
  settingsFile: () => string,
  tell: (answer: object, words: string) => void,
): void {
  const ca = program
    .command('ca')
    .description('a certificate authority of your own, for HTTPS without another one');
  const told = (files: AuthorityFiles) =>
    tell(
      files,
      [
        `certificate  ${files.certFile}`,
        `key          ${files.keyFile}`,
        `for          ${files.names.join(', ')}`,
        `until        ${new Date(files.notAfter).toISOString().slice(0, 10)}`,
        '',
        `Name the two as cert_file and key_file. Devices that shall trust them need ${files.caFile}.`,
      ].join('\n'),
    );
  const wish = ({ dir, names }: { dir?: string; names?: string }) => {
    const { data_dir, zone } = readSettingsAlone(settingsFile());
    const extra = names === undefined ? null : names.split(',').filter((name) => name !== '');
    return { dir: dir ?? join(data_dir, 'ca'), zone: zone.name, names: extra, now: systemClock.now() };
  };
  ca.command('init')
    .description('make an authority and a certificate for the zone and all names in it')
    .option('--dir <folder>', 'where (default: ca in the data folder)')
    .option('--names <names>', 'further names, as *.alice.example.net,192.0.2.1')
    .action(async (options: { dir?: string; names?: string }) => {
      const { names, ...rest } = wish(options);
      told(await initAuthority({ ...rest, names: names ?? [] }));
    });
  ca.command('issue')
    .description('renew the certificate; for other names when they are given')
    .option('--dir <folder>', 'where (default: ca in the data folder)')
    .option('--names <names>', 'further names instead of those that it has')
    .action(async (options: { dir?: string; names?: string }) => told(await issueCertificate(wish(options))));
}
