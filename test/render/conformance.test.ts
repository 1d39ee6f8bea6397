import { RENDERERS } from '../../src/render/renderers.ts';
import { describeRenderer } from './conformance.ts';

for (const kind of RENDERERS) describeRenderer(kind);
