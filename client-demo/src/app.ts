import { Captions } from '../../src/client/element/captions.ts';
import { isWebRtcBlocked, type LiveConnection, type Vultus } from '../../src/client/index.ts';
import { Call } from './call.ts';
import { CameraPanel } from './camera/camera-panel.ts';
import { DirectionPanel } from './direction-panel.ts';
import { byId, icon } from './dom.ts';
import { EventLog } from './event-log.ts';
import { sidesOf } from './formats.ts';
import { Gallery } from './gallery.ts';
import { hideNotice, type NoticeAction, showNotice } from './notice.ts';
import { ServerStatus } from './server-status.ts';
import { SessionPanel } from './session-panel.ts';
import { change, settings } from './settings.ts';
import { Stage } from './stage.ts';
import { Statistics } from './statistics.ts';
import { Upload } from './upload.ts';
import { VoicePanel } from './voice/voice-panel.ts';
import { Volume } from './volume.ts';

/** Puts the parts of the page together. */
export class App {
  readonly #stage = new Stage();
  readonly #log = new EventLog();
  readonly #start = byId<HTMLButtonElement>('start');
  readonly #speak = byId<HTMLButtonElement>('speak');
  readonly #interrupt = byId<HTMLButtonElement>('interrupt');
  readonly #gallery: Gallery;
  readonly #call: Call;
  readonly #voice: VoicePanel;
  readonly #direction: DirectionPanel;
  readonly #camera: CameraPanel;
  readonly #session: SessionPanel;
  readonly #statistics: Statistics;
  readonly #volume: Volume;
  #starting = false;

  constructor(vultus: Vultus) {
    this.#call = new Call(vultus, this.#stage, {
      onFallback: ({ message }) => {
        const text = `WebRTC does not work here, so the picture comes by WebSocket. ${message}`;
        this.#log.say(text);
        showNotice(new Error(text));
      },
      onLive: (live) => this.#onLive(live),
      onEnd: (error) => this.#onEnd(error),
    });
    this.#statistics = new Statistics(
      () => this.#call.framesShown,
      (lateShare) => {
        const percent = Math.round(lateShare * 100);
        this.#log.say(
          `The server cannot keep up: ${percent} % of the pictures come late. A smaller size helps.`,
        );
      },
    );
    this.#volume = new Volume((volume, muted) => this.#call.setVolume(volume, muted));
    this.#voice = new VoicePanel({
      onChange: () => {
        this.#volume.suit(this.#voice.source.kind === 'microphone');
        this.#showButtons();
      },
      onProgress: (share) => {
        this.#stage.progress = share;
      },
      onSpeaking: () => this.#showButtons(),
    });
    this.#direction = new DirectionPanel((patch) => this.#call.live?.setControls(patch));
    this.#camera = new CameraPanel({
      onMotion: (motion) => this.#call.live?.setMotion(motion),
      onUserFace: (face) => this.#call.live?.setUserFace(face),
      onControls: (patch) => this.#call.live?.setControls(patch),
    });
    this.#session = new SessionPanel(
      () => this.#restart(),
      () => this.#showShape(),
      (former) => this.#changeBackground(former),
      () => this.#call.drawBy(settings.draw),
    );
    this.#gallery = new Gallery(vultus, settings.avatarId, {
      onSelect: (avatar, note, licence) => {
        this.#stage.showPortrait({
          name: avatar.name,
          note,
          licence,
          picture: this.#gallery.previewOf(avatar),
        });
        if (avatar.id !== settings.avatarId) {
          change({ avatarId: avatar.id });
          this.#restart();
        }
        this.#showButtons();
      },
      onEmpty: () => {
        this.#call.stop();
        this.#stage.showNone();
        this.#showButtons();
      },
      onError: (error) => showNotice(error),
    });
    new Upload(vultus, {
      onAvatar: (avatar) => {
        this.#gallery.add(avatar);
        this.#log.say(`${avatar.name} is ready.`);
      },
      onSound: (file) => this.#voice.takeFile(file),
    });
    new ServerStatus(vultus, () => void this.open());

    this.#start.addEventListener('click', () => {
      if (this.#running) this.#stop();
      else void this.#begin();
    });
    this.#speak.addEventListener('click', () => void this.#voice.speak());
    this.#interrupt.addEventListener('click', () => this.#voice.interrupt());
    this.#showShape();
    this.#showButtons();
  }

  /** Loads the portraits; says what is wrong when the server does not answer. */
  async open(): Promise<void> {
    hideNotice();
    const isFirstVisit = settings.avatarId === '';
    try {
      await this.#gallery.load();
      if (isFirstVisit) this.#stage.showFilm();
    } catch (error) {
      showNotice(error, [{ label: 'Try again', run: () => void this.open() }]);
    }
  }

  get #running(): boolean {
    return this.#starting || this.#stage.phase === 'connecting' || this.#stage.phase === 'live';
  }

  async #begin(): Promise<void> {
    const avatar = this.#gallery.selected;
    if (!avatar || this.#running) return;
    hideNotice();
    this.#starting = true;
    this.#showButtons();
    try {
      await this.#voice.prepare();
    } catch (error) {
      this.#voice.say(error);
      this.#log.say((error as Error).message);
      this.#starting = false;
      this.#showButtons();
      return;
    }
    // Stopped while the browser asked for the microphone.
    if (!this.#starting) return this.#voice.detach();
    this.#log.say(`Starting ${avatar.name}.`);
    const controls = { ...this.#direction.controls, ...this.#camera.controls };
    const started = this.#call.start(avatar.id, settings, controls);
    this.#starting = false;
    this.#showButtons();
    await started;
  }

  #stop(): void {
    this.#starting = false;
    this.#call.stop();
    this.#showButtons();
  }

  /** Another portrait or route: the running session is replaced. */
  #restart(): void {
    if (!this.#running) return;
    this.#stop();
    void this.#begin();
  }

  /** A running session keeps its own. */
  #showShape(): void {
    if (!this.#running) this.#stage.shape = sidesOf(settings.size);
  }

  /** A session keeps the height of its pictures, and with it whether there is a background at all. */
  #changeBackground(former: string): void {
    const { background } = settings;
    if ((background === 'matte') !== (former === 'matte')) this.#restart();
    else this.#call.live?.setBackground(background);
  }

  #onLive(live: LiveConnection): void {
    live.on('state', ({ state }) => {
      this.#stage.state = state;
    });
    new Captions((text) => {
      this.#stage.caption = text;
    }).follow(live);
    this.#log.attach(live);
    this.#statistics.attach(live);
    this.#log.say(`Live: the portrait follows the voice by ${Math.round(live.ready.delayMs)} ms.`);
    this.#showButtons();
    void this.#voice.attach(live).catch((error) => this.#voice.say(error));
  }

  #onEnd(error: unknown): void {
    this.#voice.detach();
    this.#statistics.detach();
    this.#showShape();
    this.#log.say(error ? 'The session ended with an error.' : 'Stopped.');
    if (error) showNotice(error, this.#waysOn(error));
    this.#showButtons();
  }

  #waysOn(error: unknown): NoticeAction[] {
    const actions = [{ label: 'Start again', run: () => void this.#begin() }];
    if (isWebRtcBlocked(error)) {
      const other = settings.route === 'webrtc' ? 'websocket' : 'webrtc';
      actions.push({
        label: other === 'websocket' ? 'Try WebSocket' : 'Try WebRTC',
        run: () => {
          this.#session.useRoute(other);
          void this.#begin();
        },
      });
    }
    return actions;
  }

  #showButtons(): void {
    const running = this.#running;
    const live = this.#stage.phase === 'live';
    this.#start.disabled = this.#stage.phase === 'empty';
    this.#start.classList.toggle('stop', running);
    const label = document.createElement('span');
    label.textContent = running ? 'Stop' : 'Start';
    this.#start.replaceChildren(icon(running ? 'stop' : 'start'), label);
    this.#speak.hidden = !this.#voice.source.recorded;
    this.#speak.disabled = !live;
    this.#interrupt.disabled = !live;
  }
}
