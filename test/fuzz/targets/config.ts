import fc from 'fast-check';
import { CONFIG_OPTIONS, type ConfigName, loadConfig } from '../../../src/config.ts';
import { coded } from '../coded.ts';
import { fuzzTarget } from '../target.ts';

interface Given {
  flags: Record<string, string>;
  env: Record<string, string>;
}

const value = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom(
    'localhost',
    '1-2',
    'stun:a',
    'turn:u:p@h:1',
    '*',
    '0x10',
    '1e3',
    ' 8 ',
    'cpu',
    'silent',
    'a,b,,',
  ),
);
const names = Object.keys(CONFIG_OPTIONS) as ConfigName[];
const variables = Object.values(CONFIG_OPTIONS).map(({ env }) => env);

/** Any flags and variables make a configuration, or are refused by name. */
export const config = fuzzTarget<Given>({
  name: 'config',
  runsInSuite: 500,
  inputs: fc.record({
    flags: fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true }),
    env: fc.dictionary(fc.constantFrom(...variables), value, { noNullPrototype: true }),
  }),
  attempt({ flags, env }) {
    coded(['config_invalid'], () => loadConfig(flags, env));
  },
});
