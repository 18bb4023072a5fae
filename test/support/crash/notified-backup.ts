import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { replyTo } from '../backup-replies.ts';
import { decodeDns } from '../dns-message.ts';

const NOTIFY = 4;

/** A backup that takes notice of every NOTIFY, and of nothing else. */
export class NotifiedBackup {
  readonly port: number;
  readonly #socket: Socket;

  private constructor(socket: Socket, onSerial: (serial: number) => void) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (message, from) => {
      const { opcode, answers } = decodeDns(message);
      if (opcode !== NOTIFY) return;
      onSerial(Number(answers[0]?.rdata.split(' ')[2]));
      socket.send(replyTo(message), from.port, from.address);
    });
  }

  static async open(onSerial: (serial: number) => void): Promise<NotifiedBackup> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new NotifiedBackup(socket, onSerial);
  }

  close(): void {
    this.#socket.close();
  }
}
