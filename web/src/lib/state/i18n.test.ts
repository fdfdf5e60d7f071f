import { beforeEach, expect, test, vi } from 'vitest';
import { I18n } from './i18n.svelte';

beforeEach(() => {
  vi.stubGlobal('navigator', { languages: ['de-AT', 'en'] });
  vi.stubGlobal('document', { documentElement: { lang: '' } });
});

test('begins in the language of the browser', async () => {
  const i18n = new I18n();
  expect(i18n.t('common.cancel')).toBe('Cancel');
  await i18n.start();
  expect([i18n.language, i18n.locale, i18n.t('common.cancel')]).toEqual(['de', 'de-AT', 'Abbrechen']);
  expect(document.documentElement.lang).toBe('de');
});

test('says what a page says once it was asked for, in whichever language comes to be chosen', async () => {
  const i18n = new I18n();
  expect(i18n.act('signed_out')).toBe('signed_out');
  await i18n.need('settings');
  expect(i18n.act('signed_out')).toBe('signed a device out');
  await i18n.use('de');
  expect(i18n.t('settings.title')).toBe('Einstellungen');
});

test('a language and a page asked for at once are both there, whoever waits', async () => {
  const i18n = new I18n();
  const page = i18n.need('stats');
  const language = i18n.use('de');
  const other = i18n.need('library');
  await page;
  expect([i18n.language, i18n.t('stats.songs')]).toEqual(['de', 'Stücke']);
  await Promise.all([language, other]);
  expect(i18n.t('library.title')).toBe('Bibliothek');
});

test('going back before the other language came stays', async () => {
  const i18n = new I18n();
  const there = i18n.use('de');
  await i18n.use('en');
  await there;
  expect([i18n.language, i18n.t('common.cancel'), document.documentElement.lang]).toEqual([
    'en',
    'Cancel',
    'en'
  ]);
});
