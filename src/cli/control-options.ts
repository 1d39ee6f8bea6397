import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  CONTROL_RANGES,
  type Controls,
  EMOTIONS,
  type Emotion,
  type EmotionWeights,
  NEUTRAL_CONTROLS,
} from '../contract/controls.ts';
import {
  MOTION_SOURCES,
  type MotionSource,
  PERFORMED_GROUPS,
  type PerformedGroup,
  type PerformerMix,
} from '../contract/performed-motion.ts';

const DEGREE = Math.PI / 180;
/** In whole degrees. */
const GAZE_DEGREES = CONTROL_RANGES.angleRadians.map((limit) => Math.trunc(limit / DEGREE)) as [
  number,
  number,
];

export interface ControlOptions {
  emotion: Controls['emotion'];
  gaze: Controls['gaze'];
  distance: number;
  expressiveness: number;
  blinkRate: number;
  headAmplitude: number;
  performer: PerformerMix;
}

/** Adds the options that steer an avatar from the command line. */
export function addControlOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--emotion <weights>', '"voice", or e.g. "happy" or "happy=0.7,surprised=0.3"')
        .default(NEUTRAL_CONTROLS.emotion)
        .argParser(parseEmotion),
    )
    .addOption(
      new Option('--gaze <direction>', '"camera", or "yaw,pitch" in degrees (+ to the avatar\'s left, + up)')
        .default(NEUTRAL_CONTROLS.gaze)
        .argParser(parseGaze),
    )
    .option(
      '--distance <n>',
      'log scale against the portrait, -0.5 far … 0.5 near',
      numberBetween(...CONTROL_RANGES.distance),
      0,
    )
    .option(
      '--expressiveness <n>',
      '0 still … 1 natural … 2 lively',
      numberBetween(...CONTROL_RANGES.expressiveness),
      1,
    )
    .option(
      '--blink-rate <n>',
      'blinks per minute',
      numberBetween(...CONTROL_RANGES.blinkRate),
      NEUTRAL_CONTROLS.blinkRate,
    )
    .option(
      '--head-amplitude <n>',
      'amplitude of head motion, 0 … 2',
      numberBetween(...CONTROL_RANGES.headAmplitude),
      1,
    )
    .addOption(
      new Option(
        '--performer <parts>',
        'whose motion each part shows beside --performance: "voice", "performer" or "both", for all or e.g. "head=both,mouth=performer"',
      )
        .default(NEUTRAL_CONTROLS.performer, "the performer's, and both for the mouth")
        .argParser(parsePerformer),
    );
}

export function toControls(options: ControlOptions): Controls {
  return {
    ...NEUTRAL_CONTROLS,
    emotion: options.emotion,
    gaze: options.gaze,
    distance: options.distance,
    expressiveness: options.expressiveness,
    blinkRate: options.blinkRate,
    head: { ...NEUTRAL_CONTROLS.head, amplitude: options.headAmplitude },
    performer: options.performer,
  };
}

export function parsePerformer(text: string): PerformerMix {
  const mix = { ...NEUTRAL_CONTROLS.performer };
  for (const part of text.split(',')) {
    const [source, group] = part.trim().split('=').toReversed();
    const groups = group === undefined ? PERFORMED_GROUPS : [group as PerformedGroup];
    if (
      !MOTION_SOURCES.includes(source as MotionSource) ||
      !groups.every((name) => PERFORMED_GROUPS.includes(name))
    ) {
      throw new InvalidArgumentError(
        `Parts are ${PERFORMED_GROUPS.join(', ')}, each ${MOTION_SOURCES.join(', ')}, e.g. "head=both,mouth=performer".`,
      );
    }
    for (const name of groups) mix[name] = source as MotionSource;
  }
  return mix;
}

export function parseEmotion(text: string): Controls['emotion'] {
  if (text === 'voice') return 'voice';
  const weights: EmotionWeights = {};
  if (text === 'neutral') return weights;
  for (const part of text.split(',')) {
    const [name, weight = '1'] = part.trim().split('=');
    if (!EMOTIONS.includes(name as Emotion)) {
      throw new InvalidArgumentError(
        `Unknown emotion "${name}"; there are ${EMOTIONS.join(', ')}, neutral and voice.`,
      );
    }
    weights[name as Emotion] = numberBetween(0, 1)(weight);
  }
  return weights;
}

export function parseGaze(text: string): Controls['gaze'] {
  if (text === 'camera') return 'camera';
  const [yaw, pitch, ...rest] = text.split(',').map(numberBetween(...GAZE_DEGREES));
  if (pitch === undefined || rest.length > 0)
    throw new InvalidArgumentError('Give "camera" or two angles, e.g. "15,-5".');
  return { yaw: yaw * DEGREE, pitch: pitch * DEGREE };
}

export function numberBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
    }
    return value;
  };
}

export function integerBetween(min: number, max: number): (text: string) => number {
  const parse = numberBetween(min, max);
  return (text) => {
    const value = parse(text);
    if (!Number.isInteger(value))
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    return value;
  };
}
