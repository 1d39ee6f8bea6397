/** What a link does to packets, both ways alike; nothing, where a field is absent. */
export interface LinkConditions {
  kbps?: number;
  /** Longest wait in front of the bottleneck; default 300. */
  queueMs?: number;
  /** Of random loss, 0..1. */
  loss?: number;
  delayMs?: number;
  /** The delay varies by so much to either side. */
  jitterMs?: number;
  /** Share of packets that come without the delay, 0..1. */
  reorder?: number;
  /** Nothing gets through. */
  down?: boolean;
}

/** What went towards the browser in a fifth of a second. */
export interface LinkCounts {
  sentBytes: number;
  deliveredBytes: number;
  packets: number;
  lostPackets: number;
  /** Longest wait in front of the bottleneck. */
  queueMs: number;
}

export const NO_COUNTS: Readonly<LinkCounts> = Object.freeze({
  sentBytes: 0,
  deliveredBytes: 0,
  packets: 0,
  lostPackets: 0,
  queueMs: 0,
});
