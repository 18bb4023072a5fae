/** A recorder beside a file field: what is recorded goes into the field, so that the form sends it like any file. */

const MOST_SECONDS = { voice: 180, video: 60 } as const;
type Kind = keyof typeof MOST_SECONDS;
const TYPES: Readonly<Record<Kind, readonly string[]>> = {
  voice: ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus', 'audio/webm'],
  video: ['video/webm;codecs=vp8,opus', 'video/webm', 'video/mp4'],
};
/** A voice that is well understood, and a face that is known again, in a few hundred kilobytes a minute. */
const RATES: Readonly<Record<Kind, MediaRecorderOptions>> = {
  voice: { audioBitsPerSecond: 32_000 },
  video: { audioBitsPerSecond: 32_000, videoBitsPerSecond: 250_000 },
};

interface Words {
  readonly voice: string;
  readonly video: string;
  readonly stop: string;
  readonly discard: string;
}

interface Take {
  readonly kind: Kind;
  readonly recorder: MediaRecorder;
  readonly stream: MediaStream;
}

/** Does nothing where nothing can be recorded: over plain HTTP, or without a microphone. */
export function attachRecorder(box: HTMLElement, field: HTMLInputElement): void {
  const words = box.dataset;
  const { voice, video, stop, discard } = words;
  if (!voice || !video || !stop || !discard) return;
  if (!window.isSecureContext || !navigator.mediaDevices || typeof MediaRecorder === 'undefined') return;
  new Recorder(box, field, { voice, video, stop, discard });
}

class Recorder {
  readonly #field: HTMLInputElement;
  readonly #words: Words;
  readonly #panel = element('div', 'recorder');
  readonly #buttons = element('p', 'row');
  readonly #told = element('p', 'hint');
  readonly #heard = element('div', 'heard');
  #take: Take | undefined;
  #ticking = 0;

  constructor(box: HTMLElement, field: HTMLInputElement, words: Words) {
    this.#field = field;
    this.#words = words;
    this.#told.setAttribute('role', 'status');
    this.#panel.append(this.#buttons, this.#told, this.#heard);
    const own = field.closest('.field');
    if (own) own.before(this.#panel);
    else box.append(this.#panel);
    this.#offer();
  }

  #offer(): void {
    this.#buttons.replaceChildren(
      button(this.#words.voice, () => this.#begin('voice')),
      button(this.#words.video, () => this.#begin('video')),
    );
  }

  async #begin(kind: Kind): Promise<void> {
    this.#clear();
    try {
      const wanted = { audio: true, video: kind === 'video' ? { width: 640, height: 480 } : false };
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      const mimeType = TYPES[kind].find((type) => MediaRecorder.isTypeSupported(type));
      const recorder = new MediaRecorder(stream, { ...RATES[kind], ...(mimeType ? { mimeType } : {}) });
      this.#take = { kind, recorder, stream };
      this.#record(this.#take);
    } catch (error) {
      this.#told.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  #record({ kind, recorder, stream }: Take): void {
    const pieces: Blob[] = [];
    recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
    recorder.addEventListener('stop', () => {
      for (const track of stream.getTracks()) track.stop();
      clearInterval(this.#ticking);
      this.#keep(kind, new Blob(pieces, { type: recorder.mimeType }));
    });
    if (kind === 'video') this.#mirror(stream);
    const stop = button(this.#words.stop, () => recorder.state !== 'inactive' && recorder.stop());
    this.#buttons.replaceChildren(stop);
    stop.focus();
    let seconds = -1;
    const tick = () => {
      seconds += 1;
      this.#told.textContent = `${clock(seconds)} / ${clock(MOST_SECONDS[kind])}`;
      if (seconds >= MOST_SECONDS[kind] && recorder.state !== 'inactive') recorder.stop();
    };
    recorder.start(1000);
    tick();
    this.#ticking = window.setInterval(tick, 1000);
  }

  #mirror(stream: MediaStream): void {
    const view = document.createElement('video');
    view.muted = true;
    view.autoplay = true;
    view.playsInline = true;
    view.srcObject = stream;
    this.#heard.replaceChildren(view);
  }

  #keep(kind: Kind, recorded: Blob): void {
    const type = recorded.type.split(';')[0] || (kind === 'video' ? 'video/webm' : 'audio/webm');
    const file = new File([recorded], `${kind}.${type.split('/')[1] ?? 'webm'}`, { type });
    const carrier = new DataTransfer();
    carrier.items.add(file);
    this.#field.files = carrier.files;
    this.#field.dispatchEvent(new Event('change', { bubbles: true }));
    const player = document.createElement(kind === 'video' ? 'video' : 'audio');
    player.controls = true;
    player.src = URL.createObjectURL(file);
    this.#heard.replaceChildren(player);
    this.#told.textContent = `${Math.max(1, Math.round(file.size / 1000))} kB`;
    const discard = button(this.#words.discard, () => {
      this.#clear();
      this.#offer();
    });
    this.#buttons.replaceChildren(discard);
    discard.focus();
  }

  #clear(): void {
    this.#field.value = '';
    this.#heard.replaceChildren();
    this.#told.textContent = '';
  }
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function element(name: 'div' | 'p', className: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function button(text: string, act: () => unknown): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'quiet';
  made.textContent = text;
  made.addEventListener('click', () => void act());
  return made;
}
