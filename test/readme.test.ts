import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageFile from '../package.json' with { type: 'json' };
import { CONFIG_OPTIONS, ROOT } from '../src/config.ts';
import { LATENCY_MODES, USUAL_DELAY_MS } from '../src/contract/latency.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('README', () => {
  it('has a row for each option of the configuration, as --help says it', () => {
    for (const { flag, env, help } of Object.values(CONFIG_OPTIONS)) {
      expect(readme).toContain(`| \`${flag}\` | \`${env}\` | ${help} |`);
    }
  });

  it('says by how much each mode follows the voice', () => {
    for (const mode of LATENCY_MODES) {
      expect(readme).toMatch(new RegExp(`\`${mode}\`[^.;]*\\s${USUAL_DELAY_MS[mode]} ms`));
    }
  });

  it('names scripts that there are', () => {
    const scripts = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
    expect(scripts.length).toBeGreaterThan(0);
    for (const name of scripts) expect(Object.keys(packageFile.scripts)).toContain(name);
  });

  it.each(['.', 'src', 'bench', 'src/connection', 'src/server', 'src/model'])(
    'in %s links to files that there are',
    (folder) => {
      const text = readFileSync(join(ROOT, folder, 'README.md'), 'utf8');
      const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path);
      expect(links.length).toBeGreaterThan(0);
      for (const path of links) expect(existsSync(join(ROOT, folder, path)), path).toBe(true);
    },
  );
});

describe('the map of the rooms', () => {
  const map = readFileSync(join(ROOT, 'src', 'README.md'), 'utf8');

  it('fits on a page', () => {
    expect(map.split('\n').length).toBeLessThanOrEqual(61);
  });

  it('names every room', () => {
    const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name } of rooms) expect(map).toContain(`\`${name}/\``);
  });
});
