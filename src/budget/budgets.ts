import type { Budget } from './budget.ts';
import { CountedBudget } from './counted-budget.ts';
import { RateBudget } from './rate-budget.ts';
import type { TokenRate } from './token-bucket.ts';
import { WorkQueue } from './work-queue.ts';

/** What operators set: how often one address may do it in a minute; 0: as often as it likes. */
export interface BudgetFigures {
  sessionsPerMinute: number;
  uploadsPerMinute: number;
  offersPerMinute: number;
}

const UNLIMITED: BudgetFigures = Object.freeze({
  sessionsPerMinute: 0,
  uploadsPerMinute: 0,
  offersPerMinute: 0,
});

/** Of what one address may do in a minute, so much at once. */
const BURST_SHARE = 0.4;

const MEGABYTE = 1_000_000;

/**
 * Everything that a server shares out, in one table: rates, bytes, slots and queues. Refusals have a code and say when
 * it is worth asking again. Without figures, addresses are not told apart.
 */
export function createBudgets(figures: BudgetFigures = UNLIMITED) {
  return Object.freeze({
    /** By address. */
    sessions: new RateBudget('sessions', perMinute(figures.sessionsPerMinute), 'sessions from one address'),
    uploads: new RateBudget('uploads', perMinute(figures.uploadsPerMinute), 'portraits from one address'),
    offers: new RateBudget('offers', perMinute(figures.offersPerMinute), 'offers from one address'),
    /** What draws an avatar: nearly a megabyte each. */
    rigs: new RateBudget('rigs', { ratePerS: 5, burst: 100 }, 'rigs from one address'),
    /** Of WHIP and WHEP peers that are there: candidates as they are found, restarts, goodbyes. By address. */
    peerChanges: new RateBudget('peer_changes', { ratePerS: 5, burst: 200 }, 'changes from one address'),
    /** Whoever was sent away for abuse has used as much as forty. */
    webSockets: new RateBudget('web_sockets', { ratePerS: 5, burst: 200 }, 'WebSockets from one address'),
    /** Guesses at the API key. */
    wrongKeys: new RateBudget('wrong_keys', { ratePerS: 1, burst: 30 }, 'wrong keys from one address'),

    /** Portraits in memory, from their first byte until they are answered. */
    uploadSlots: new CountedBudget('upload_slots', 16, 'portraits', { limitOfOne: 8 }),
    uploadBytes: new CountedBudget('upload_bytes', 120 * MEGABYTE, 'bytes of portraits', {
      limitOfOne: 60 * MEGABYTE,
    }),
    /** All other bodies: a megabyte each at most. */
    bodyBytes: new CountedBudget('body_bytes', 32 * MEGABYTE, 'bytes of requests', {
      limitOfOne: 16 * MEGABYTE,
    }),

    /** Pictures behind avatars: one is decoded at a time, on libvips' threads, which portraits and files share. */
    backgrounds: new WorkQueue('backgrounds', { concurrency: 1, mostWaiting: 16 }, 'backgrounds'),
    /** WebRTC offers that are being answered, on the thread that moves packets; by session. */
    answers: new CountedBudget('answers', 16, 'offers', { limitOfOne: 4 }),

    /**
     * By session, so that a client that comes back has no more of it, in the weights of connection/message-costs.ts.
     * The burst is two minutes of voice, as much as a session queues, in messages of 20 ms; the rate four such voices
     * in real time.
     */
    messages: new RateBudget('messages', { ratePerS: 500, burst: 10_000 }, 'messages'),
    /**
     * Datagrams of trackers, in bytes, by the port that they come to: a face and a body take 0.5 MB a second.
     */
    trackerBytes: new RateBudget(
      'tracker_bytes',
      { ratePerS: 2 * MEGABYTE, burst: 2 * MEGABYTE },
      'bytes of trackers',
    ),
    /** Of these, what moves a face: each goes to every session that the port moves, and trackers see 120 a second. */
    trackerFrames: new RateBudget('tracker_frames', { ratePerS: 150, burst: 75 }, 'frames of trackers'),
    /** By viewer: they only say what they want to see. */
    viewerMessages: new RateBudget<object>('viewer_messages', { ratePerS: 50, burst: 500 }, 'messages'),
    /** By session and by viewer: messages that cannot be read or do not fit their schema. */
    badMessages: new RateBudget<string | object>(
      'bad_messages',
      { ratePerS: 1 / 3, burst: 20 },
      'bad messages',
    ),
  });
}

export type Budgets = ReturnType<typeof createBudgets>;

export function allBudgets(budgets: Budgets): Budget[] {
  return Object.values(budgets);
}

function perMinute(times: number): TokenRate | undefined {
  if (times === 0) return undefined;
  return { ratePerS: times / 60, burst: Math.max(1, Math.ceil(BURST_SHARE * times)) };
}
