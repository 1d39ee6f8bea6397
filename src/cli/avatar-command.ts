import type { Command } from 'commander';
import { integerBetween } from './control-options.ts';
import { describeQuality } from './describe-quality.ts';
import { readInput } from './files.ts';
import { addModelOptions, type ModelOptions } from './model-options.ts';
import { OutputFile } from './output-file.ts';

const SHEET = { name: 'PNG', endings: ['.png'] };

interface AvatarOptions extends ModelOptions {
  preview?: string;
  face?: number;
  json?: boolean;
}

/** `vultus avatar <portrait> --preview sheet.png` */
export function addAvatarCommand(program: Command): void {
  const command = program
    .command('avatar')
    .description('check whether a portrait can speak, and show how it will look')
    .argument('<portrait>', 'PNG, JPEG, WebP or AVIF with one face from the front')
    .option('--preview <file>', 'write a contact sheet (PNG): visemes, blinks, gaze, emotions, poses')
    .option('--json', 'print the report as JSON')
    .option('--face <n>', 'which face, where there are several (0 is the largest)', integerBetween(0, 99));
  addModelOptions(command).action(async (portrait: string, options: AvatarOptions) => {
    const preview = options.preview === undefined ? undefined : OutputFile.create(options.preview, SHEET);
    const bytes = await readInput(portrait);
    const { openModels } = await import('./models.ts');
    const models = await openModels(options);
    try {
      const { rig, quality } = await models.factory.analyse(bytes, { faceIndex: options.face });
      if (options.json) console.log(JSON.stringify(quality, null, 2));
      else console.log(describeQuality(quality));
      if (preview) {
        const { renderContactSheet } = await import('../render/warp/sheet/contact-sheet.ts');
        await preview.write(await renderContactSheet(models.renderer, rig));
        await preview.complete();
        if (!options.json) console.log(`contact sheet: ${options.preview}`);
      }
    } finally {
      preview?.discard();
      await models.close();
    }
  });
}
