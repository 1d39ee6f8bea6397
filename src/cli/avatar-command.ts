import type { Command } from 'commander';
import { describeQuality } from './describe-quality.ts';
import { addFaceOptions, type FaceOptions, toFaceChoice } from './face-options.ts';
import { readInput } from './files.ts';
import { addModelOptions, type ModelOptions } from './model-options.ts';
import { OutputFile } from './output-file.ts';

const SHEET = { name: 'PNG', endings: ['.png'] };

interface AvatarOptions extends ModelOptions, FaceOptions {
  preview?: string;
  json?: boolean;
}

/** `vultus avatar <portrait> --preview sheet.png` */
export function addAvatarCommand(program: Command): void {
  const command = program
    .command('avatar')
    .description('check whether a portrait can speak, and show how it will look')
    .argument('<portrait>', 'PNG, JPEG, WebP or AVIF with one face from the front')
    .option('--preview <file>', 'write a contact sheet (PNG): visemes, blinks, gaze, emotions, poses')
    .option('--json', 'print the report as JSON');
  addModelOptions(addFaceOptions(command)).action(async (portrait: string, options: AvatarOptions) => {
    const preview = options.preview === undefined ? undefined : OutputFile.create(options.preview, SHEET);
    const bytes = await readInput(portrait);
    const { openModels } = await import('./models.ts');
    const models = await openModels(options);
    try {
      const { rig, quality } = await models.factory.analyse(bytes, toFaceChoice(options));
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
