import type fc from 'fast-check';
import type { FuzzedServer } from './fuzzed-server.ts';

/** Something that takes what strangers send, and what has to hold whatever they send. */
export interface FuzzTarget<Input = unknown> {
  /** Also that of its folder in `corpus/`. */
  readonly name: string;
  /** Tries in the test suite: a few seconds of them; with 0 it is only tried by its name. */
  readonly runsInSuite: number;
  /** Why it cannot be tried on this machine; undefined where it can. */
  missing?(): string | undefined;
  /** It is tried on a running server. */
  readonly onServer?: true;
  /** Makes what the tries need: sample files, sessions, a peer that is connected. */
  open(server?: FuzzedServer): Promise<OpenTarget<Input>>;
}

export interface OpenTarget<Input = unknown> {
  /** Valid inputs, damaged ones, and garbage. Bytes, or what JSON can say beside bytes, so that they can be kept. */
  readonly inputs: fc.Arbitrary<Input>;
  /** Throws whatever is wrong: an error without its code, an answer that is none, a neighbour that was disturbed. */
  attempt(input: Input): Promise<void> | void;
  /** Idempotent. */
  close?(): Promise<void> | void;
}

/** A target whose tries need nothing. */
export function fuzzTarget<Input>(
  target: Pick<FuzzTarget, 'name' | 'runsInSuite'> & OpenTarget<Input>,
): FuzzTarget<Input> {
  const { name, runsInSuite, inputs, attempt } = target;
  return { name, runsInSuite, open: async () => ({ inputs, attempt }) };
}

/** A target on a running server, which has to be well after each try. */
export function serverTarget<Input>(
  target: Pick<FuzzTarget, 'name' | 'runsInSuite' | 'missing'> & {
    open(server: FuzzedServer): Promise<OpenTarget<Input>>;
  },
): FuzzTarget<Input> {
  const { name, runsInSuite, missing } = target;
  return {
    name,
    runsInSuite,
    missing,
    onServer: true,
    async open(server) {
      const { inputs, attempt, close } = await target.open(server!);
      return {
        inputs,
        close,
        async attempt(input) {
          await server!.ensureRunning();
          await attempt(input);
          await server!.expectWell();
        },
      };
    },
  };
}

/** What an input did wrong. */
export interface Finding {
  target: string;
  /** Of the run that came to it. */
  seed: number;
  /** The smallest input that does it, as the corpus keeps it. */
  input: StoredInput;
  /** With its stack. */
  message: string;
}

/** An input as a file. */
export interface StoredInput {
  ending: 'bin' | 'json';
  bytes: Uint8Array;
}
