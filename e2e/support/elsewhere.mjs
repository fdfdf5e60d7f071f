/**
 * What stands in for the parts of music services that run in people's browsers: YouTube's player, Spotify's player, the
 * sound of SoundCloud. The services behind the server are fakes of its own (`ROOKERY_FAKES`).
 */
import { clickTrack } from './sounds.mjs';

const ELSEWHERE = { 'access-control-allow-origin': '*' };

/**
 * YouTube's embedded player, as its IFrame API speaks: it answers `listening`, obeys commands, and tells its position a few
 * times a second. `errors` by video id: what it cannot play. Its video lasts for ever.
 */
function player(error) {
  const SPEAKS_MS = 250;
  const BUFFERING_MS = 120;
  let heard = false;
  let state = -1;
  let atS = 0;
  let sinceMs = null;
  const nowS = () => (sinceMs === null ? atS : atS + (performance.now() - sinceMs) / 1000);
  const tell = (event, info) => parent.postMessage(JSON.stringify({ event, info, id: 1, channel: 'widget' }), '*');
  const become = (next) => {
    atS = nowS();
    sinceMs = next === 1 ? performance.now() : null;
    if (next === state) return;
    state = next;
    tell('onStateChange', state);
  };
  const obey = {
    playVideo: () => setTimeout(() => become(1), BUFFERING_MS),
    pauseVideo: () => become(2),
    seekTo: (seconds) => {
      const was = state;
      become(3);
      atS = seconds;
      setTimeout(() => become(was === -1 ? 5 : was), BUFFERING_MS);
    },
    setVolume: (percent) => (document.body.dataset.volume = percent),
    mute: () => (document.body.dataset.muted = 'true'),
    unMute: () => (document.body.dataset.muted = 'false')
  };
  addEventListener('message', ({ data }) => {
    const message = JSON.parse(data);
    if (message.event === 'listening' && !heard) {
      heard = true;
      tell('onReady');
      if (error !== null) return tell('onError', error);
      tell('initialDelivery', { currentTime: 0, playerState: state });
      setInterval(() => tell('infoDelivery', { currentTime: nowS(), playerState: state }), SPEAKS_MS);
    }
    if (message.event === 'command' && heard && error === null) obey[message.func]?.(...message.args);
  });
  // For the test, which measures.
  window.position = () => (state === 1 ? nowS() * 1000 : null);
}

/** Serves YouTube's player to a visitor. */
export async function withYoutube(visitor, { errors = {} } = {}) {
  await visitor.context.route('https://www.youtube-nocookie.com/embed/**', (route) => {
    const url = new URL(route.request().url());
    const error = errors[url.pathname.split('/').at(-1)] ?? null;
    return route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>Video</title><body><script>(${player})(${error})</script>`
    });
  });
}

/** Spotify's player in the page (Web Playback SDK): it becomes `device` at once. */
export async function withSpotifyPlayer(visitor, device) {
  const sdk = (device) => {
    class Player {
      #heard = new Map();
      constructor(options) {
        options.getOAuthToken((token) => (window.sdkToken = token));
      }
      addListener(event, heard) {
        this.#heard.set(event, heard);
        return true;
      }
      async connect() {
        setTimeout(() => this.#heard.get('ready')?.({ device_id: device }), 50);
        return true;
      }
      disconnect() {}
      async setVolume() {}
      async activateElement() {}
    }
    window.Spotify = { Player };
    window.onSpotifyWebPlaybackSDKReady();
  };
  await visitor.context.route('https://sdk.scdn.co/**', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: `(${sdk})(${JSON.stringify(device)})` })
  );
}

/** Serves the sound of SoundCloud: clicks, in two pieces. */
export async function withSoundcloud(visitor, seconds = 40) {
  const whole = clickTrack(seconds);
  const half = Math.floor(whole.length / 2);
  const pieces = { 'one.wav': whole.subarray(0, half), 'two.wav': whole.subarray(half) };
  const list = '#EXTM3U\n#EXTINF:20,\none.wav\n#EXTINF:20,\ntwo.wav\n#EXT-X-ENDLIST\n';
  await visitor.context.route(/\/media\/\d+\//, (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1);
    return route.fulfill({ body: pieces[name] ?? list, headers: ELSEWHERE, contentType: 'audio/wav' });
  });
}
