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
  /** Told when the browser lets nothing be recorded. */
  readonly refused: string;
}

interface Take {
  readonly kind: Kind;
  readonly recorder: MediaRecorder;
  readonly stream: MediaStream;
}

/** Does nothing where nothing can be recorded: over plain HTTP, or without a microphone. */
export function attachRecorder(box: HTMLElement, field: HTMLInputElement): void {
  const words = box.dataset;
  const { voice, video, stop, discard, refused } = words;
  if (!voice || !video || !stop || !discard || !refused) return;
  if (!window.isSecureContext || !navigator.mediaDevices || typeof MediaRecorder === 'undefined') return;
  new Recorder(box, field, { voice, video, stop, discard, refused });
}

class Recorder {
  readonly #field: HTMLInputElement;
  readonly #words: Words;
  readonly #panel = element('div', 'recorder');
  readonly #buttons = element('p', 'row');
  readonly #told = element('p', 'hint');
  readonly #heard = element('div', 'heard');
  #kinds: readonly Kind[] = [];
  #take: Take | undefined;
  #isBeginning = false;
  #ticking = 0;

  constructor(box: HTMLElement, field: HTMLInputElement, words: Words) {
    this.#field = field;
    this.#words = words;
    this.#told.setAttribute('role', 'status');
    this.#panel.append(this.#buttons, this.#told, this.#heard);
    const own = field.closest('.field');
    if (own) own.before(this.#panel);
    else box.append(this.#panel);
    field.form?.addEventListener('submit', (event) => this.#finishBefore(event));
    void this.#look();
  }

  /** Only what there is a device for is offered. */
  async #look(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const hasKind = (kind: MediaDeviceKind) => devices.some((device) => device.kind === kind);
    if (!hasKind('audioinput')) return;
    this.#kinds = hasKind('videoinput') ? ['voice', 'video'] : ['voice'];
    this.#offer();
  }

  /** A form that is sent while somebody still speaks takes along what was said. */
  #finishBefore(event: SubmitEvent): void {
    const take = this.#take;
    if (!take) return;
    event.preventDefault();
    const submit = () => this.#field.form?.requestSubmit(event.submitter);
    take.recorder.addEventListener('stop', submit, { once: true });
    if (take.recorder.state !== 'inactive') take.recorder.stop();
  }

  #offer(): void {
    this.#buttons.replaceChildren(
      ...this.#kinds.map((kind) => button(this.#words[kind], () => this.#begin(kind))),
    );
  }

  async #begin(kind: Kind): Promise<void> {
    if (this.#isBeginning) return;
    this.#isBeginning = true;
    this.#clear();
    let stream: MediaStream | undefined;
    try {
      const wanted = { audio: true, video: kind === 'video' ? { width: 640, height: 480 } : false };
      stream = await navigator.mediaDevices.getUserMedia(wanted);
      const mimeType = TYPES[kind].find((type) => MediaRecorder.isTypeSupported(type));
      const recorder = new MediaRecorder(stream, { ...RATES[kind], ...(mimeType ? { mimeType } : {}) });
      this.#take = { kind, recorder, stream };
      this.#record(this.#take);
    } catch {
      release(stream);
      this.#take = undefined;
      this.#told.textContent = this.#words.refused;
    } finally {
      this.#isBeginning = false;
    }
  }

  #record({ kind, recorder, stream }: Take): void {
    const pieces: Blob[] = [];
    recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
    recorder.addEventListener('stop', () => {
      release(stream);
      clearInterval(this.#ticking);
      this.#take = undefined;
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

function release(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
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
