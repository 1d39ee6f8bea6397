/** The shapes of the HTTP API; OpenAPI at `/docs` is made from them. */
import { z } from 'zod';
import { backgroundSchema } from '../contract/backdrop-schema.ts';
import { controlsSchema } from '../contract/controls-schema.ts';
import { DRAWERS } from '../contract/drawing.ts';
import { facePointsSchema } from '../contract/face-points-schema.ts';
import { type FormatChoice, formatFields, formatProblem } from '../contract/format-choice.ts';
import { CODEC_CHOICES, FITS } from '../contract/formats.ts';
import { LATENCY_MODES, USUAL_DELAY_MS } from '../contract/latency.ts';
import { qualitySchema } from '../contract/portrait-quality.ts';
import { ROLES } from '../contract/roles.ts';
import { DEFAULT_SETTINGS } from '../contract/session-settings.ts';
import { statsSchema } from '../contract/stats-schema.ts';

/** Bytes that are no JSON; what they are is looked at elsewhere. */
export const fileSchema = z.unknown().meta({ type: 'string', format: 'binary' });

export const idParams = z.object({ id: z.string().min(1).max(100) });

export const avatarSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    gallery: z.boolean().describe('True for the portraits that come with the server'),
    createdAt: z.iso.datetime(),
    width: z.number().int(),
    height: z.number().int(),
    warnings: z.array(z.string()).describe('What could make the avatar look less good than it might'),
    quality: qualitySchema
      .optional()
      .describe(
        'The same with codes and numbers; absent for avatars of an older version that nobody has used',
      ),
    clientDrawing: z
      .boolean()
      .describe(
        'Whether viewers may be given what draws it, the portrait among it (sessions with draw: client)',
      ),
    previewUrl: z.string(),
  })
  .describe('A portrait that has been made ready to talk');

const avatarName = z.string().trim().max(100);

export const avatarPatch = z
  .strictObject({ name: avatarName.min(1).optional(), clientDrawing: z.boolean().optional() })
  .refine((patch) => Object.keys(patch).length > 0, 'says nothing');

export const avatarQuery = z.strictObject({
  name: avatarName.optional(),
  face: z.coerce
    .number()
    .int()
    .min(0)
    .max(99)
    .optional()
    .describe('Which face to use where there are several, 0 is the largest'),
  points: facePointsSchema.optional(),
});

const fps = z
  .union([z.literal(25), z.literal(30), z.literal(40), z.literal(50), z.literal(60)])
  .describe('Pictures per second (default 25)');
const codec = z
  .enum(CODEC_CHOICES)
  .describe('Of the pictures; auto: for each connection what it can show, H.264 first (default auto)');
const seed = z
  .number()
  .int()
  .min(0)
  .max(0x7fff_ffff)
  .describe('Same seed and voice: same motion (default random)');
const latency = z
  .enum(LATENCY_MODES)
  .describe(
    `By how much voice and picture follow the voice that comes in, at 25 pictures a second: ${LATENCY_MODES.map((mode) => `${mode} ${USUAL_DELAY_MS[mode]} ms`).join(', ')} ` +
      `(default ${DEFAULT_SETTINGS.latency}); \`delayMs\` of \`ready\` says it for the session`,
  );

const draw = z
  .enum(DRAWERS)
  .describe(
    'Who draws: the server (default), or the browsers that watch it, which get what draws the avatar, portrait included',
  );

/** Of a request: a picture as a data URL has to fit in. */
export const newSessionFields = {
  avatarId: z.string().min(1).max(100),
  ...formatFields,
  fps: fps.optional(),
  codec: codec.optional(),
  bitrateKbps: z.number().int().min(100).max(20_000).optional(),
  seed: seed.optional(),
  latency: latency.optional(),
  background: backgroundSchema.optional(),
  controls: controlsSchema.optional(),
};

/** Refuses what does not fit together in the choice of a format. */
export function withOneFormat<Schema extends z.ZodType<FormatChoice>>(schema: Schema): Schema {
  return schema.superRefine((session, { addIssue }) => {
    const message = formatProblem(session);
    if (message) addIssue({ code: 'custom', path: ['width'], message });
  });
}

export const newSessionSchema = withOneFormat(
  z.strictObject({ ...newSessionFields, draw: draw.optional() }),
).describe('A session to open');

export const sessionFields = z.object({
  id: z.string(),
  avatarId: z.string(),
  settings: z.object({
    width: z.number().int(),
    height: z.number().int().describe('Pictures before a matte are sent twice as high'),
    fit: z.enum(FITS),
    fps,
    codec,
    bitrateKbps: z.number(),
    seed,
    latency,
    background: z.string().describe('keep, blur, matte, #rrggbb or picture'),
    draw,
  }),
  streamUrl: z.string().describe('WebSocket of this session (MessagePack messages)'),
  webrtcUrl: z.string().describe('Takes the SDP offer of a WebRTC peer'),
  whipUrl: z.string().describe('For publishers of a voice (WHIP)'),
  whepUrl: z.string().describe('For players (WHEP); its token is enough to watch, and for nothing else'),
  createdAt: z.iso.datetime(),
});

export const newSessionResponse = sessionFields.extend({
  token: z
    .string()
    .describe(
      'Is enough to connect to this session, in place of the API key; where there is one, it stands in its addresses too',
    ),
});

export const sessionSchema = sessionFields.extend({
  state: z.enum(['speaking', 'listening', 'idle']),
  stats: statsSchema,
});

const role = z.enum(ROLES);

export const newTokenSchema = z.strictObject({ role: role.default('control') });

export const tokenSchema = z.object({ token: z.string(), role });

const token = z.string().max(100).describe('Of this session, where no header can be sent').optional();

export const tokenQuery = z.strictObject({ token });

export const roleQuery = z.strictObject({
  token,
  role: role
    .default('control')
    .describe('view: gets media and events beside the others; its voice and controls are refused'),
});

export const voiceInput = z
  .enum(['speak', 'listen'])
  .default('speak')
  .describe('What the microphone is for: the avatar speaks with it, or listens to it');

export const offerSchema = z.strictObject({
  type: z.literal('offer'),
  sdp: z.string().min(1).max(200_000),
  voiceInput,
});

export const answerSchema = z.object({ type: z.literal('answer'), sdp: z.string() });

export const healthSchema = z.object({
  status: z.enum(['ok', 'draining']),
  provider: z.string().describe('Execution provider that is live: tensorrt, cuda or cpu'),
  version: z.string(),
  sessions: z.number().int(),
});
