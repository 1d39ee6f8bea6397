import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageFile from '../package.json' with { type: 'json' };
import { CONFIG_OPTIONS, ROOT } from '../src/config.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('README', () => {
  it('has a row for each option of the configuration, as --help says it', () => {
    for (const { flag, env, help } of Object.values(CONFIG_OPTIONS)) {
      expect(readme).toContain(`| \`${flag}\` | \`${env}\` | ${help} |`);
    }
  });

  it('names scripts that there are', () => {
    const scripts = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
    expect(scripts.length).toBeGreaterThan(0);
    for (const name of scripts) expect(Object.keys(packageFile.scripts)).toContain(name);
  });

  it('links to files that there are', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path);
    expect(links.length).toBeGreaterThan(4);
    for (const path of links) expect(existsSync(join(ROOT, path)), path).toBe(true);
  });
});
