import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const NAMES = 'subjectAltName=IP:127.0.0.1,DNS:localhost';

/** A certificate authority that lives in a temporary folder as long as one test. */
export class ThrowawayCa {
  readonly caFile: string;
  /** The server's, as gateway settings name them. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'porchlight-ca-'));

  constructor() {
    this.caFile = join(this.#folder, 'ca.pem');
    this.certFile = join(this.#folder, 'server.pem');
    this.keyFile = join(this.#folder, 'server.key');
    this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      '/CN=test CA',
    );
    this.issue('first');
  }

  get ca(): Buffer {
    return readFileSync(this.caFile);
  }

  /** Replaces the server's certificate and key by new ones with this common name. */
  issue(commonName: string): void {
    const { keyFile } = this;
    this.#openssl(
      'req',
      ...NEW_KEY,
      '-keyout',
      keyFile,
      '-out',
      'server.csr',
      '-subj',
      `/CN=${commonName}`,
      '-addext',
      NAMES,
    );
    const sign = [
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-copy_extensions',
      'copy',
      '-days',
      '2',
    ];
    this.#openssl('x509', '-req', '-in', 'server.csr', ...sign, '-out', this.certFile);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #openssl(...words: readonly string[]): void {
    execFileSync('openssl', words, { cwd: this.#folder, stdio: 'pipe' });
  }
}
