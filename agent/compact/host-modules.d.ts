/** What the host's C files and the engine give the program: agent/compact/host says more of each. */

declare module 'host:os' {
  type Timer = { readonly kind: 'timer' };
  interface Facts {
    readonly ino: number;
    readonly mode: number;
    readonly size: number;
  }
  export const O_RDONLY: number;
  export const O_WRONLY: number;
  export const O_CREAT: number;
  export const O_TRUNC: number;
  export const S_IFMT: number;
  export const S_IFREG: number;
  export function open(path: string, flags: number, mode?: number): number;
  export function close(fd: number): number;
  export function read(fd: number, buffer: ArrayBufferLike, offset: number, length: number): number;
  export function write(fd: number, buffer: ArrayBufferLike, offset: number, length: number): number;
  export function remove(path: string): number;
  export function rename(from: string, to: string): number;
  export function mkdir(path: string, mode?: number): number;
  export function stat(path: string): readonly [Facts, 0] | readonly [null, number];
  export function kill(pid: number, signal: number): number;
  export function getpid(): number;
  export function now(): number;
  export function setReadHandler(fd: number, ready: (() => void) | null): void;
  export function setWriteHandler(fd: number, ready: (() => void) | null): void;
  export function setTimeout(over: () => void, ms: number): Timer;
  export function clearTimeout(timer: Timer): void;
}

declare module 'host:std' {
  export function exit(code: number): never;
  export function getenviron(): Record<string, string>;
}

declare module 'host:process' {
  export function errorName(errno: number): string;
  export function errorText(errno: number): string;
  export function onRejection(
    tell: (promise: Promise<unknown>, reason: unknown, isHandled: boolean) => void,
  ): void;
}

declare module 'host:text' {
  export function encode(text: string): ArrayBuffer;
  export function decode(buffer: ArrayBufferLike, offset: number, length: number): string;
}

declare module 'host:signals' {
  export const SIZE: number;
  export const SIGTERM: number;
  export const SIGINT: number;
  export const SIGHUP: number;
  export const SIGCHLD: number;
  export function open(): number;
}

declare module 'host:children' {
  export function start(program: string, ...args: string[]): readonly [number, number] | number;
  export function ended(pid: number): number;
}

declare module 'host:files' {
  export const O_NONBLOCK: number;
  export const O_CLOEXEC: number;
  export function watch(folder: string): number;
  export function facts(fd: number): readonly [number, number, number] | number;
}

declare module 'host:sockets' {
  export function connect(address: string, port: string, own: string | null): number;
  export function error(fd: number): number;
  export function ownAddress(fd: number): string | null;
  export function finish(fd: number): void;
}

declare module 'host:resolver' {
  export function resolve(host: string): number;
}

declare module 'host:netlink' {
  export function open(isMonitor: boolean): number;
}

declare module 'host:tls' {
  type Trust = { readonly kind: 'trust' };
  type Session = { readonly kind: 'session' };
  export const WANT_READ: number;
  export const WANT_WRITE: number;
  export function trust(authorities: string, own: string | null, key: string | null): Trust;
  export function open(trust: Trust, fd: number, name: string, releasedAtSeconds: number): Session;
  export function handshake(session: Session): number;
  export function dates(session: Session): readonly [number, number];
  export function read(session: Session, buffer: ArrayBufferLike, offset: number, length: number): number;
  export function write(session: Session, buffer: ArrayBufferLike, offset: number, length: number): number;
  export function finish(session: Session): void;
  export function close(session: Session): void;
}
