import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import { heardAs } from '$lib/elsewhere';
import type { Accepted, ConfigureBody, Entry, TrackSummary, VoteDirection } from '$lib/api/types';
import type { I18n } from './i18n.svelte';
import type { Notices } from './notices.svelte';

/** What people do in one nest: each command with the notice that follows it. Answers say whether it was accepted. */
export class NestActions {
  readonly #code: string;
  readonly #api: Api;
  readonly #notices: Notices;
  readonly #i18n: I18n;

  constructor(code: string, api: Api, notices: Notices, i18n: I18n) {
    this.#code = code;
    this.#api = api;
    this.#notices = notices;
    this.#i18n = i18n;
  }

  async add(track: TrackSummary): Promise<boolean> {
    // A song from elsewhere is added as the one of the library that is the same.
    const accepted = await this.#do(this.#api.add(this.#code, heardAs(track) ?? track.id));
    if (accepted) this.#notices.good(this.#i18n.t('add.done', { title: track.title }));
    return accepted;
  }

  /** Adds what the nest would choose next as one's own. */
  async queuePreview({ id, title }: TrackSummary): Promise<void> {
    if (!(await this.#do(this.#api.queuePreview(this.#code, id)))) return;
    this.#notices.good(this.#i18n.t('add.done', { title }));
  }

  /** Keeps what the nest would choose next from being chosen for so many days. */
  async filterPreview(track: TrackSummary, days: number): Promise<void> {
    const { id, title } = track;
    if (!(await this.#do(this.#api.filterPreview(this.#code, id)))) return;
    const { t } = this.#i18n;
    // What is kept out for no time needs no way back.
    if (days === 0) return this.#notices.good(t('autofill.filteredOnce', { title }));
    this.#notices.undo(t('autofill.filtered', { title, count: days }), t('common.undo'), () => {
      void this.unfilter(track);
    });
  }

  /** Lets what somebody filtered be chosen again. */
  async unfilter({ id, title }: TrackSummary): Promise<boolean> {
    const done = await this.#do(this.#api.unfilter(this.#code, id));
    if (done) this.#notices.good(this.#i18n.t('autofill.unfiltered', { title }));
    return done;
  }

  async remove(entry: Entry): Promise<void> {
    if (!(await this.#do(this.#api.remove(this.#code, entry.id)))) return;
    const { t } = this.#i18n;
    this.#notices.undo(t('nest.removed', { title: entry.track.title }), t('common.undo'), () => {
      void this.#do(this.#api.restore(this.#code, entry.id));
    });
  }

  async clear(): Promise<void> {
    if (!(await this.#do(this.#api.clear(this.#code)))) return;
    const { t } = this.#i18n;
    this.#notices.undo(t('nest.cleared'), t('common.undo'), () => {
      void this.#do(this.#api.restore(this.#code, null));
    });
  }

  vote = (entry: Entry, direction: VoteDirection) =>
    this.#do(this.#api.vote(this.#code, entry.id, direction));
  jam = (entry: number, on: boolean) => this.#do(this.#api.jam(this.#code, entry, on));
  comment = (entry: number, text: string) => this.#do(this.#api.comment(this.#code, entry, text));
  removeComment = (entry: number, comment: number) =>
    this.#do(this.#api.removeComment(this.#code, entry, comment));
  horn = (sound: string) => this.#do(this.#api.horn(this.#code, sound));
  volume = (percent: number) => this.#do(this.#api.volume(this.#code, percent));
  pause = () => this.#do(this.#api.pause(this.#code));
  resume = () => this.#do(this.#api.resume(this.#code));
  skip = (entry: number) => this.#do(this.#api.skip(this.#code, entry));
  seek = (positionMs: number) => this.#do(this.#api.seek(this.#code, Math.round(positionMs)));
  configure = (body: ConfigureBody) => this.#do(this.#api.configure(this.#code, body));
  handOver = (member: string) => this.#do(this.#api.handOver(this.#code, member));
  lock = (on: boolean) => this.#do(on ? this.#api.lock(this.#code) : this.#api.unlock(this.#code));
  kick = (member: string) => this.#do(this.#api.kick(this.#code, member));
  letIn = (member: string) => this.#do(this.#api.letIn(this.#code, member));
  close = () => this.#do(this.#api.closeNest(this.#code));

  async #do(command: Promise<Accepted | void>): Promise<boolean> {
    try {
      await command;
      return true;
    } catch (error) {
      this.#notices.bad(this.#i18n.problem(error instanceof ApiProblem ? error : ApiProblem.unreachable()));
      return false;
    }
  }
}
