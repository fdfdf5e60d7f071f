/** The page of stories: shows the one its address names, `#nest/Queue/empty`, or the list of all. */
import './now';
import '../../src/app.css';
import { flushSync, mount, unmount } from 'svelte';
import Host from './Host.svelte';
import { answering, freshApp } from './stage';
import type { Stories } from './story';

const found = import.meta.glob<{ default: Stories }>(
  [
    '../*.ts',
    '../help/*.ts',
    '../nest/*.ts',
    '../operations/*.ts',
    '../settings/*.ts',
    '../sources/*.ts',
    '../stats/*.ts'
  ],
  {
    eager: true
  }
);
const all = new Map(
  Object.entries(found).map(([path, module]) => [path.replace(/^\.\.\/|\.ts$/g, ''), module.default])
);
const root = document.getElementById('story') as HTMLElement;

const names = (): string[] =>
  [...all].flatMap(([component, { stories }]) =>
    Object.keys(stories).map((story) => `${component}/${story}`)
  );

const WAITS_MAX = 200;
let away: (() => Promise<void>) | null = null;

/** Takes away what is shown and shows another story. */
async function show(name: string): Promise<void> {
  await away?.();
  root.replaceChildren();
  const cut = name.lastIndexOf('/');
  const set = all.get(name.slice(0, cut));
  const story = set?.stories[name.slice(cut + 1)];
  if (set === undefined || story === undefined) throw new Error(`there is no story ${name}`);
  localStorage.clear();
  answering(story.answers ?? {});
  const app = await freshApp();
  const restore = await story.app?.(app);
  const props = typeof story.props === 'function' ? story.props(app) : story.props;
  const target = story.within ? root.appendChild(document.createElement(story.within)) : root;
  const shown = mount(Host, { target, props: { app, component: set.component, props } });
  away = async () => {
    away = null;
    await unmount(shown);
    app.player.dispose();
    app.hearing?.dispose();
    if (typeof restore === 'function') restore();
    root.replaceChildren();
    document.documentElement.removeAttribute('style');
  };
  flushSync();
  await story.act?.(root);
  flushSync();
  for (let waits = 0; story.shows !== undefined && document.querySelector(story.shows) === null; waits += 1) {
    if (waits === WAITS_MAX) throw new Error(`${name} does not show ${story.shows}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function follow(): Promise<void> {
  const name = decodeURIComponent(location.hash.slice(1));
  if (name !== '') return show(name);
  await away?.();
  root.replaceChildren(
    ...names().map((story) => {
      const link = document.createElement('a');
      link.href = `#${encodeURIComponent(story)}`;
      link.textContent = story;
      link.className = 'story-link';
      return link;
    })
  );
}

declare global {
  interface Window {
    stories: { names: typeof names; show: typeof show };
  }
}
window.stories = { names, show };
window.addEventListener('hashchange', () => void follow());
await follow();
