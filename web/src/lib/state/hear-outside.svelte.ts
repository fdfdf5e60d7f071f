import { untrack } from 'svelte';
import { SourcesApi } from '$lib/api/sources';
import { isOutside } from '$lib/elsewhere';
import type { App } from './app.svelte';
import { Hearing } from './hearing.svelte';
import { OutsideSound } from './outside-sound';

const REFUSED = ['forbidden', 'gone', 'failed'];

/** Lets the songs of other services that the open nest plays be heard, on whatever page, until the answer is called. */
export function hearOutside(app: App, onItsPage: () => boolean): () => void {
  const { player } = app;
  return $effect.root(() => {
    const code = $derived(app.nest?.store.code ?? null);
    const track = $derived(app.nest?.store.state?.playing?.entry.track ?? null);
    const hearing = $derived(app.hearing?.code === code ? app.hearing : null);
    const here = $derived(onItsPage());
    const videoRefused = $derived(REFUSED.includes(player.videoStatus?.kind ?? ''));

    $effect(() => {
      if (code === null || hearing !== null) return;
      app.hearing?.dispose();
      app.hearing = new Hearing(code, new SourcesApi());
    });
    // Whoever comes back from the settings may have connected an account there, or disconnected one.
    $effect(() => {
      const heard = hearing;
      if (heard === null || (!here && untrack(() => heard.spotify) !== null)) return;
      void app.api.sources().then(
        (sources) => heard.meet(sources),
        () => undefined // Nothing is known of an account until the page is looked at again.
      );
    });

    $effect(() => {
      const heard = hearing;
      if (heard === null) return;
      const sound = new OutsideSound(player, heard);
      $effect(() => {
        if (track === null || !isOutside(track)) return;
        const now = {
          track,
          listening: player.listening,
          onItsPage: here,
          videoRefused,
          byDevice: heard.isHeard
        };
        untrack(() => sound.follow(now));
      });
      return () => sound.stop();
    });
    $effect(() => hearing?.setVolume(player.muted ? 0 : player.volume));
  });
}
