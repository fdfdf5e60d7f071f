import { createContext } from 'svelte';
import { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { NestPublication, NestState, ServerPublication } from '$lib/api/types';
import { upload } from '$lib/api/upload';
import { news } from '$lib/nest/news';
import type { Hearing } from './hearing.svelte';
import { Horns } from './horns.svelte';
import type { I18n } from './i18n.svelte';
import { NestActions } from './nest-actions';
import { NestStore } from './nest-store.svelte';
import { Notices } from './notices.svelte';
import { Player } from './player.svelte';
import { Realtime } from './realtime.svelte';
import { Session } from './session.svelte';
import { Theme } from './theme.svelte';
import { Uploads } from './uploads.svelte';

/** A recovered publication older than this is history, not news. */
const NEWS_AGE_MS_MAX = 15_000;
/** A horn that comes later than this is silent: it was for a moment that is over. */
const HORN_AGE_MS_MAX = 4000;
const REFRESH_MS = 1500;
const REFUSED_MS = 5000;

/** A nest that is open in this browser, and what can be done in it. */
export interface OpenNest {
  store: NestStore;
  actions: NestActions;
}

/** Everything the pages share, made once by the root layout and handed out by context. */
export class App {
  readonly api = new Api();
  readonly i18n: I18n;
  readonly theme = new Theme();
  readonly notices = new Notices();
  readonly session = new Session(this.api);
  readonly realtime: Realtime;
  readonly player: Player;
  readonly uploads: Uploads;
  readonly horns: Horns;
  /** The nest this browser is in; it stays when people look at other pages. */
  nest: OpenNest | null = $state.raw(null);

  /** How its songs of other services are heard by this person; made when one plays. */
  hearing: Hearing | null = $state.raw(null);

  /** The entry whose comments are being read: what is said of it is seen there. */
  reading: number | null = $state(null);
  /** Whether the horns are open. */
  blowing = $state(false);

  #refresh: ReturnType<typeof setTimeout> | undefined;

  constructor(socketUrl: string, i18n: I18n) {
    this.i18n = i18n;
    this.realtime = new Realtime(socketUrl, () => void this.#refused());
    this.player = new Player(() => this.realtime.askClock());
    this.horns = new Horns(this.api, this.player.horns);
    this.uploads = new Uploads(upload, () => this.session.server?.upload_bytes_max ?? Infinity);
    this.realtime.onServer({
      publication: (publication) => this.#hearServer(publication),
      resubscribed: () => this.#refreshServerLater()
    });
  }

  async start(): Promise<void> {
    await this.session.load();
  }

  /** Goes into a nest, leaving the one before. Being in it already changes nothing. */
  enter(code: string): void {
    if (this.nest?.store.code === code) {
      const { kind } = this.nest.store.status;
      if (kind === 'loading' || kind === 'ready') return;
    }
    this.leave();
    const store = new NestStore(code, this.api, this.realtime, {
      published: (publication, before) => this.#tell(publication, before),
      joined: (person) => {
        if (person.id !== this.session.person?.id && person.name !== '') {
          this.notices.plain(this.i18n.t('event.joined', { name: person.name }));
        }
      }
    });
    this.nest = { store, actions: new NestActions(code, this.api, this.notices, this.i18n) };
    void store.open();
  }

  leave(): void {
    this.nest?.store.close();
    this.nest = null;
    this.hearing?.dispose();
    this.hearing = null;
  }

  /** The server's time in milliseconds since 1970, as well as this device knows it. */
  serverNow(): number {
    return this.player.serverNow() ?? Date.now() + (this.nest?.store.clockOffsetMs ?? 0);
  }

  /** Does something, and says kindly when it was refused. Answers whether it was done. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      if (problem.code === 'not_signed_in') this.session.expired();
      this.notices.bad(this.i18n.problem(problem));
      return false;
    }
  }

  #hearServer(publication: ServerPublication): void {
    switch (publication.type) {
      case 'library_changed':
        return this.session.hearLibrary(publication.track_count);
      case 'track_changed':
        this.session.hearLibrary(null);
        this.uploads.hear(publication.track);
        return this.#refreshServerLater();
      case 'track_deleted':
        return this.#refreshServerLater();
    }
  }

  #refreshServerLater(): void {
    clearTimeout(this.#refresh);
    this.#refresh = setTimeout(() => void this.session.refreshServer(), REFRESH_MS);
  }

  /** The server closed the socket for good: either we are signed out, or it was mistaken and we try again. */
  async #refused(): Promise<void> {
    await this.session.load();
    if (this.session.person === null) return;
    setTimeout(() => this.session.person && this.realtime.connect(), REFUSED_MS);
  }

  #nameOf(id: string | null): string {
    const { store } = this.nest ?? {};
    const present = store?.listeners.find((listener) => listener.id === id);
    const entries = [store?.state?.playing?.entry, ...(store?.state?.queue ?? [])];
    const contributor = entries
      .map((entry) => entry?.added_by)
      .find((by) => by?.kind === 'person' && by.id === id);
    const name = present?.name ?? (contributor?.kind === 'person' ? contributor.name : '');
    return name || this.i18n.t('common.someone');
  }

  #tell(publication: NestPublication, before: NestState): void {
    const ageMs = Math.abs(this.serverNow() - publication.at_ms);
    const { event } = publication;
    if (event.type === 'horn_blown' && ageMs < HORN_AGE_MS_MAX) void this.horns.hear(event.horn);
    const told = news(publication, before);
    const me = this.session.person?.id ?? null;
    if (told === null || ageMs > NEWS_AGE_MS_MAX || (told.by !== null && told.by === me)) return;
    const { t } = this.i18n;
    switch (told.kind) {
      case 'unplayable':
        return this.notices.bad(t('event.unplayable', { title: told.title }));
      case 'commented':
        if (told.entry !== this.reading) this.notices.plain(t('event.commented', told));
        return;
      case 'jammed':
        if (told.to === me) this.notices.plain(t('event.jammed', told));
        return;
      case 'freeHorn':
        if (told.to === me) this.notices.good(t('event.freeHorn', told));
        return;
      case 'horn': {
        const { by, name, sound } = told;
        if (this.horns.isMuted(by)) return;
        const say = (): void =>
          this.notices.plain(t('event.horn', { name, sound: this.i18n.sound(sound, sound) }));
        return void this.i18n.need('panels').then(say, say);
      }
      default: {
        const name = ('name' in told ? told.name : null) ?? this.#nameOf(told.by);
        if ('title' in told) this.notices.plain(t(`event.${told.kind}`, { name, title: told.title }));
        else this.notices.plain(t(`event.${told.kind}`, { name }));
      }
    }
  }
}

export const [useApp, provideApp] = createContext<App>();
