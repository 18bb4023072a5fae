import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Logger } from '../../../runtime/log.ts';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Thrown when certificate and key cannot be read or do not belong together. */
export class CertificateError extends Error {}

interface Loaded {
  readonly cert: string;
  readonly key: string;
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
}

/** The certificate for HTTPS. Its own subjectAltNames, wildcards included, say for which names it is shown. */
export class Certificates {
  readonly #files: CertificateFiles;
  readonly #log: Logger;
  #loaded: Loaded;
  #failure = '';

  private constructor(files: CertificateFiles, log: Logger, loaded: Loaded) {
    this.#files = files;
    this.#log = log;
    this.#loaded = loaded;
  }

  static async load(files: CertificateFiles, log: Logger): Promise<Certificates> {
    return new Certificates(files, log, await loadPair(files));
  }

  /** Takes what the files hold now. When that cannot be used, the pair of before stays, and the log says so once. */
  async reload(): Promise<void> {
    try {
      const loaded = await loadPair(this.#files);
      this.#failure = '';
      if (loaded.cert === this.#loaded.cert && loaded.key === this.#loaded.key) return;
      this.#loaded = loaded;
      this.#log.info('certificates reloaded');
    } catch (error) {
      if (this.#failure !== String(error))
        this.#log.error('certificates not reloaded', { reason: String(error) });
      this.#failure = String(error);
    }
  }

  context(): SecureContext {
    return this.#loaded.context;
  }

  /** For who asks for no name at all. */
  files(): { readonly cert: string; readonly key: string } {
    return this.#loaded;
  }

  contextFor(serverName: string): SecureContext | undefined {
    const { certificate, context } = this.#loaded;
    const isItsOwn = certificate.checkHost(serverName, { subject: 'never', partialWildcards: false });
    return isItsOwn === undefined ? undefined : context;
  }
}

async function loadPair({ certFile, keyFile }: CertificateFiles): Promise<Loaded> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    const certificate = new X509Certificate(cert);
    return { cert, key, certificate, context: createSecureContext({ cert, key }) };
  } catch (cause) {
    throw new CertificateError(
      `certificate ${certFile} with key ${keyFile} cannot be used: ${String(cause)}`,
      {
        cause,
      },
    );
  }
}
