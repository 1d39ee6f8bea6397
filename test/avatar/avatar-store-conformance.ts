/** What every avatar store has to do, whatever it keeps avatars in. */
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import type { Avatar, AvatarStore } from '../../src/avatar/avatar-store.ts';
import { qualitySchema } from '../../src/contract/portrait-quality.ts';
import { parseRig, serializeRig } from '../../src/render/rig-bytes.ts';
import { ourPortrait } from '../support/portraits.ts';

/** One analysis may take so long on a busy machine. */
export const SLOW_MS = 90_000;

export interface StoreUnderTest {
  /** Opens the store whose avatars outlive it: the same ones each time. */
  open(): Promise<AvatarStore>;
  factory: AvatarFactory;
}

/** `prepare` is called once, before the tests. */
export function describeAvatarStore(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`${name}, as any avatar store`, () => {
    let store: AvatarStore;
    let reopen: () => Promise<AvatarStore>;
    let factory: AvatarFactory;
    let portrait: Uint8Array;
    let avatar: Avatar;
    beforeAll(async () => {
      const underTest = await prepare();
      factory = underTest.factory;
      reopen = () => underTest.open();
      store = await reopen();
      portrait = await ourPortrait();
      avatar = await store.add(portrait, { name: 'Rafael', gallery: true });
    }, SLOW_MS);

    it('describes, lists and previews an avatar', async () => {
      expect(avatar).toMatchObject({ name: 'Rafael', gallery: true });
      expect(avatar.id).toMatch(/^[0-9a-f]{32}$/);
      expect(avatar.width).toBeGreaterThanOrEqual(512);
      expect(await store.get(avatar.id)).toEqual(avatar);
      expect(await store.list()).toEqual([avatar]);
      const preview = await sharp(await store.preview(avatar.id)).metadata();
      expect(preview).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
    });

    it('gives an avatar another name, which stays', async () => {
      expect(await store.change(avatar.id, { name: 'Rafaela' })).toEqual({ ...avatar, name: 'Rafaela' });
      expect(await (await reopen()).get(avatar.id)).toEqual({ ...avatar, name: 'Rafaela' });
      expect(await store.change(avatar.id, { name: avatar.name })).toEqual(avatar);
    });

    it('keeps the quality report with it, in words and whole', () => {
      expect(qualitySchema.parse(avatar.quality)).toEqual(avatar.quality);
      expect(avatar.warnings).toEqual(avatar.quality?.findings.map(({ sentence }) => sentence));
    });

    it('has its rig, of the key that its factory makes', async () => {
      const rig = await store.rig(avatar.id);
      expect(rig.key).toBe(factory.rigKey);
      expect(parseRig(serializeRig(rig), factory.rigKey)).toEqual(rig);
    });

    it('knows a portrait again, also at the same time and after a restart', async () => {
      const twice = await Promise.all([store.add(portrait), store.add(portrait)]);
      expect(twice).toEqual([avatar, avatar]);
      const reopened = await reopen();
      expect(await reopened.get(avatar.id)).toEqual(avatar);
      expect(await reopened.add(portrait, { name: 'again' })).toEqual(avatar);
      expect((await reopened.rig(avatar.id)).key).toBe(factory.rigKey);
    });

    it('takes a face that was chosen for another avatar', { timeout: SLOW_MS }, async () => {
      const chosen = await store.add(portrait, { faceIndex: 0 });
      expect(chosen.id).not.toBe(avatar.id);
      expect((await store.list()).map(({ id }) => id)).toEqual([avatar.id, chosen.id]);
      await store.delete(chosen.id);
    });

    it.each(['', '..', '../..', 'f'.repeat(32), `${'a'.repeat(31)}/`])('has no avatar "%s"', async (id) => {
      const questions = [
        store.get(id),
        store.rig(id),
        store.preview(id),
        store.change(id, { name: 'x' }),
        store.delete(id),
      ];
      for (const answer of await Promise.allSettled(questions)) {
        expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'avatar_not_found' } });
      }
    });

    it('keeps nothing of a portrait that is refused', async () => {
      const text = Buffer.from('text');
      await expect(store.add(text)).rejects.toMatchObject({ code: 'portrait_not_an_image' });
      expect(await store.list()).toEqual([avatar]);
    });

    it('deletes an avatar, and takes its portrait anew', { timeout: SLOW_MS }, async () => {
      await store.delete(avatar.id);
      await expect(store.get(avatar.id)).rejects.toMatchObject({ code: 'avatar_not_found' });
      expect(await store.list()).toEqual([]);
      expect((await store.add(portrait, { name: 'anew' })).id).toBe(avatar.id);
      await store.delete(avatar.id);
    });
  });
}
