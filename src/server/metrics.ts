import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Budget } from '../budget/budget.ts';
import { DEFAULT_SETTINGS } from '../contract/session-settings.ts';
import { DELAY_STAGES } from '../contract/stats.ts';
import type { NodeLoad } from '../engine/node.ts';
import type { EnginePool } from '../engine/pool/engine-pool.ts';
import { delayToEncoder } from '../engine/process/picture-delays.ts';
import type { SessionApi } from '../session/session-api.ts';

/** Of all engine processes together. */
const ENGINE_FIGURES: readonly {
  name: string;
  help: string;
  of: (loads: readonly NodeLoad[]) => number;
}[] = [
  { name: 'vultus_engine_processes', help: 'Engine processes that run.', of: (loads) => loads.length },
  {
    name: 'vultus_engine_busy_share',
    help: 'Share of its time that the busiest engine process works.',
    of: (loads) => Math.max(0, ...loads.map(({ busy }) => busy)),
  },
  {
    name: 'vultus_engine_resident_bytes',
    help: 'Memory of all engine processes.',
    of: (loads) => sum(loads.map(({ residentBytes }) => residentBytes)),
  },
  {
    name: 'vultus_engine_processor_seconds',
    help: 'Processor time of the engine processes that run, since the start of each.',
    of: (loads) => sum(loads.map(({ processorMs }) => processorMs)) / 1000,
  },
];

/**
 * What `/metrics` shows, in the text format of Prometheus. One object per server, so that two servers in one
 * process (as in tests) count for themselves.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly httpSeconds = new Histogram({
    name: 'vultus_http_request_seconds',
    help: 'Time to answer HTTP requests, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly errors = new Counter({
    name: 'vultus_errors_total',
    help: 'Errors reported to callers, by code of the catalogue.',
    labelNames: ['code'],
    registers: [this.registry],
  });
  readonly avatarSeconds = new Histogram({
    name: 'vultus_avatar_seconds',
    help: 'Time from an uploaded portrait to a finished avatar.',
    buckets: [0.25, 0.5, 1, 2, 3, 5, 10, 20],
    registers: [this.registry],
  });
  readonly sessionStartSeconds = new Histogram({
    name: 'vultus_session_start_seconds',
    help: 'Time to open a session.',
    buckets: [0.05, 0.1, 0.2, 0.35, 0.5, 1, 2, 5],
    registers: [this.registry],
  });
  readonly sessions = new Counter({
    name: 'vultus_sessions_total',
    help: 'Sessions opened since the start.',
    registers: [this.registry],
  });
  readonly connections = new Gauge({
    name: 'vultus_connections',
    help: 'Open connections to sessions, by route.',
    labelNames: ['route'],
    registers: [this.registry],
  });
  readonly #pictures = new Counter({
    name: 'vultus_pictures_total',
    help: 'Pictures of all sessions: sent, or dropped because they would have come late.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  readonly #utterances = new Counter({
    name: 'vultus_utterances_total',
    help: 'Utterances that have ended.',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  readonly #delaySeconds = new Histogram({
    name: 'vultus_picture_delay_seconds',
    help: 'From the arrival of voice to its encoded picture.',
    buckets: [0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.17, 0.2, 0.25, 0.35, 0.5, 1],
    registers: [this.registry],
  });
  readonly #delayStageSeconds = new Histogram({
    name: 'vultus_picture_delay_stage_seconds',
    help: 'What the delay of a picture is made of, by stage in the order of passing.',
    labelNames: ['stage'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.12, 0.2, 0.5],
    registers: [this.registry],
  });

  constructor(
    liveSessions: () => readonly SessionApi[],
    engine: Pick<EnginePool, 'loads' | 'headroom'>,
    budgets: readonly Budget[] = [],
  ) {
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    showBudgets(budgets, registers);
    new Gauge({
      name: 'vultus_live_sessions',
      help: 'Sessions that are open now.',
      registers,
      collect() {
        this.set(liveSessions().length);
      },
    });
    const headroom = () => engine.headroom({ ...DEFAULT_SETTINGS, avatarId: '', seed: 0 });
    new Gauge({
      name: 'vultus_session_headroom',
      help: 'Further sessions of default settings that would be taken now.',
      registers,
      collect() {
        this.set(headroom());
      },
    });
    new Gauge({
      name: 'vultus_session_capacity',
      help: 'Live sessions and headroom together.',
      registers,
      collect() {
        this.set(liveSessions().length + headroom());
      },
    });
    // The metrics by default are of the server's own process.
    for (const { name, help, of } of ENGINE_FIGURES) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(of(engine.loads));
        },
      });
    }
    new Gauge({
      name: 'vultus_stage_seconds',
      help: 'Work per picture, by stage: the worst session.',
      labelNames: ['stage', 'quantile'],
      registers,
      collect() {
        this.reset();
        for (const [stage, { p50, p95 }] of Object.entries(worstStages(liveSessions()))) {
          this.set({ stage, quantile: '0.5' }, p50 / 1000);
          this.set({ stage, quantile: '0.95' }, p95 / 1000);
        }
      },
    });
  }

  /** Counts what a session does until it is closed. */
  observe(session: SessionApi): void {
    this.sessions.inc();
    let sent = 0;
    let late = 0;
    session.on('stats', ({ framesSent, framesLate }) => {
      this.#pictures.inc({ outcome: 'sent' }, Math.max(0, framesSent - sent));
      this.#pictures.inc({ outcome: 'late' }, Math.max(0, framesLate - late));
      sent = framesSent;
      late = framesLate;
    });
    session.on('delays', (delays) => {
      this.#delaySeconds.observe(delayToEncoder(delays) / 1000);
      for (const stage of DELAY_STAGES) this.#delayStageSeconds.observe({ stage }, delays[stage] / 1000);
    });
    session.on('speech.ended', ({ reason }) => this.#utterances.inc({ reason }));
    session.on('error', ({ code }) => this.errors.inc({ code }));
  }
}

/** All alike, by name. */
function showBudgets(budgets: readonly Budget[], registers: Registry[]): void {
  const labelNames = ['budget'];
  new Gauge({
    name: 'vultus_budget_used',
    help: 'Of each budget; where every address or connection has its own, that of the one that has used the most.',
    labelNames,
    registers,
    collect() {
      for (const { name, used } of budgets) this.set({ budget: name }, used);
    },
  });
  new Gauge({
    name: 'vultus_budget_limit',
    help: 'What each budget has.',
    labelNames,
    registers,
    collect() {
      for (const { name, limit } of budgets) this.set({ budget: name }, limit);
    },
  });
  new Counter({
    name: 'vultus_budget_refusals_total',
    help: 'How often somebody was refused, or made to wait, because a budget was used up.',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { name, refusals } of budgets) this.inc({ budget: name }, refusals);
    },
  });
}

function worstStages(sessions: readonly SessionApi[]): Record<string, { p50: number; p95: number }> {
  const worst: Record<string, { p50: number; p95: number }> = {};
  for (const { stats } of sessions) {
    for (const [stage, { p50, p95 }] of Object.entries(stats.stages)) {
      const known = worst[stage] ?? { p50: 0, p95: 0 };
      worst[stage] = { p50: Math.max(known.p50, p50), p95: Math.max(known.p95, p95) };
    }
  }
  return worst;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
