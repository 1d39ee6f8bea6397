import type { ChildProcess } from 'node:child_process';
import { describeEnd, forkModule, LastWords } from '../../child-process.ts';
import { VultusError } from '../../errors.ts';
import type { DialRules } from '../dial-policy.ts';
import type { FromRooms, Notice, RoomEvent, RoomRequest, ToRooms } from './room-messages.ts';

const MAIN = new URL('process/main.ts', import.meta.url);
const MAX_HEAP_MB = 512;
/** Without a room for so long, the process ends. */
const LINGER_MS = 30_000;
/** For taking leave of its rooms; then it is ended. */
const FAREWELL_MS = 2000;
/** A picture that is still on its way makes the next ones of its room be dropped. */
const MOST_PICTURES_UNDER_WAY = 2;
/** Voice is small, but a process that hangs reads none. */
const MOST_VOICE_UNDER_WAY = 50;
/** How often a room may see its process end within a minute, until it is taken for the cause. */
const [MOST_FAILURES, FAILURES_WITHIN_MS] = [3, 60_000];

/** What a room tells its connection. */
export type RoomListener = (event: RoomEvent | { type: 'process lost' }) => void;

/** One room, as its connection sees it: in whichever process. */
export interface RoomLine {
  /** Again, after `left`: with these, where they have changed. */
  rejoin(request: RoomRequest): void;
  /** @returns false where it is dropped, because those before it are still on their way */
  picture(picture: { width: number; height: number; data: Uint8Array; mediaTimeMs: number }): boolean;
  voice(voice: { samples: Float32Array; mediaTimeMs: number }): void;
  /** Voice that is sent from here on is of after a clear. */
  cleared(): void;
  notice(id: number, notice: Notice): void;
  /** Idempotent. */
  leave(): void;
}

export interface RoomsOptions {
  /** Which LiveKit servers may be dialled. */
  rules: DialRules;
  /** The process has ended by itself; its rooms are joined anew by another one. */
  onFailure?: (error: VultusError, rooms: number) => void;
  /** Something was thrown there that nobody caught. */
  onFault?: (detail: string) => void;
}

interface Room {
  number: number;
  listener: RoomListener;
  picturesUnderWay: number;
  voiceUnderWay: number;
  failedMs: number[];
}

/** The rooms of a server: all in one process of their own, which runs while there are any. */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<number, Room>();
  #child: ChildProcess | undefined;
  #linger: NodeJS.Timeout | undefined;
  #last = 0;
  #closed = false;

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  /** The process that sits in them now. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Begins to join; `listener` hears what comes of it. Throws `shutting_down`. */
  join(request: RoomRequest, listener: RoomListener): RoomLine {
    if (this.#closed) throw new VultusError('shutting_down');
    const room: Room = {
      number: ++this.#last,
      listener,
      picturesUnderWay: 0,
      voiceUnderWay: 0,
      failedMs: [],
    };
    const join = (wanted: RoomRequest) => {
      clearTimeout(this.#linger);
      this.#rooms.set(room.number, room);
      this.#send({ type: 'join', room: room.number, request: wanted });
    };
    join(request);
    return {
      rejoin: join,
      picture: (picture) => this.#sendPicture(room, { type: 'picture', room: room.number, ...picture }),
      voice: (voice) => this.#sendVoice(room, { type: 'voice', room: room.number, ...voice }),
      cleared: () => this.#send({ type: 'cleared', room: room.number }),
      notice: (id, notice) => this.#send({ type: 'notice', room: room.number, id, notice }),
      leave: () => {
        if (!this.#rooms.delete(room.number)) return;
        this.#child?.send({ type: 'leave', room: room.number } satisfies ToRooms, () => {});
        this.#lingerWhenEmpty();
      },
    };
  }

  /** All rooms are left. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#rooms.clear();
    await this.#end();
  }

  #sendPicture(room: Room, message: ToRooms): boolean {
    if (room.picturesUnderWay >= MOST_PICTURES_UNDER_WAY) return false;
    room.picturesUnderWay++;
    this.#send(message, () => room.picturesUnderWay--);
    return true;
  }

  #sendVoice(room: Room, message: ToRooms): void {
    if (room.voiceUnderWay >= MOST_VOICE_UNDER_WAY) return;
    room.voiceUnderWay++;
    this.#send(message, () => room.voiceUnderWay--);
  }

  /** `onSent`: it is on its way, or never will be. */
  #send(message: ToRooms, onSent = () => {}): void {
    if (this.#closed) return;
    this.#child ??= this.#start();
    this.#child.send(message, onSent);
  }

  #start(): ChildProcess {
    const child = forkModule(MAIN, { maxHeapMb: MAX_HEAP_MB });
    const lastWords = new LastWords(child);
    child.on('message', (message: FromRooms) => {
      if (message.type === 'event') this.#receive(message.room, message.event);
      else this.#options.onFault?.(message.detail);
    });
    // What cannot be sent any more: `exit` follows.
    child.on('error', () => {});
    child.once('exit', (code, signal) => {
      if (child === this.#child) this.#lose(describeEnd(code, signal), lastWords.cause);
    });
    child.send({ type: 'rules', rules: this.#options.rules } satisfies ToRooms, () => {});
    return child;
  }

  #receive(number: number, event: RoomEvent): void {
    const room = this.#rooms.get(number);
    if (!room) return;
    if (event.type === 'left') this.#rooms.delete(number);
    room.listener(event);
    this.#lingerWhenEmpty();
  }

  /** Connections join anew by themselves, but for those that see this too often. */
  #lose(detail: string, cause: Error | undefined): void {
    this.#child = undefined;
    const rooms = [...this.#rooms.values()];
    this.#rooms.clear();
    this.#options.onFailure?.(new VultusError('room_failed', detail, { cause }), rooms.length);
    const nowMs = performance.now();
    for (const room of rooms) {
      room.picturesUnderWay = 0;
      room.voiceUnderWay = 0;
      room.failedMs = [...room.failedMs.filter((ms) => nowMs - ms < FAILURES_WITHIN_MS), nowMs];
      if (room.failedMs.length > MOST_FAILURES) room.listener({ type: 'left', why: 'over', detail });
      else room.listener({ type: 'process lost' });
    }
  }

  #lingerWhenEmpty(): void {
    clearTimeout(this.#linger);
    if (this.#rooms.size > 0 || !this.#child) return;
    this.#linger = setTimeout(() => void this.#end(), LINGER_MS).unref();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#linger);
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.send({ type: 'end' } satisfies ToRooms, () => {});
    const timer = setTimeout(() => child.kill('SIGKILL'), FAREWELL_MS);
    await ended;
    clearTimeout(timer);
  }
}
