export interface NoticeAction {
  label: string;
  run(): void;
}

export interface Notice {
  id: number;
  tone: 'plain' | 'good' | 'bad';
  text: string;
  action: NoticeAction | null;
}

interface Timer {
  stop(): void;
}
type Schedule = (delayMs: number, task: () => void) => Timer;

const browserSchedule: Schedule = (delayMs, task) => {
  const timer = setTimeout(task, delayMs);
  return { stop: () => clearTimeout(timer) };
};

const SHOWN_MAX = 4;
const PLAIN_MS = 4000;
const BAD_MS = 8000;
const UNDO_MS = 10_000;

/** Short messages at the edge of the page. They leave by themselves, except while somebody looks at them. */
export class Notices {
  list: Notice[] = $state.raw([]);
  readonly #schedule: Schedule;
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;
  #held = false;

  constructor(schedule: Schedule = browserSchedule) {
    this.#schedule = schedule;
  }

  plain(text: string): void {
    this.#show('plain', text, null);
  }

  good(text: string): void {
    this.#show('good', text, null);
  }

  bad(text: string): void {
    this.#show('bad', text, null);
  }

  /** A message with a way back; the way back can be taken once. */
  undo(text: string, label: string, run: () => void): void {
    this.#show('plain', text, { label, run });
  }

  /** Takes a notice's action and the notice away with it. */
  act(notice: Notice): void {
    if (!this.list.some((shown) => shown.id === notice.id)) return;
    this.dismiss(notice.id);
    notice.action?.run();
  }

  dismiss(id: number): void {
    this.#timers.get(id)?.stop();
    this.#timers.delete(id);
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Nothing leaves while the pointer or the focus is on the notices. */
  hold(): void {
    this.#held = true;
    for (const timer of this.#timers.values()) timer.stop();
    this.#timers.clear();
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    for (const notice of this.list) this.#leaveLater(notice);
  }

  #show(tone: Notice['tone'], text: string, action: NoticeAction | null): void {
    const same = this.list.find((notice) => notice.text === text && notice.action === null);
    if (same !== undefined && action === null) this.dismiss(same.id);
    const notice = { id: (this.#lastId += 1), tone, text, action };
    this.list = [...this.list, notice];
    if (!this.#held) this.#leaveLater(notice);
    while (this.list.length > SHOWN_MAX) {
      const oldest = this.list.find((shown) => shown.action === null) ?? this.list[0];
      if (oldest === undefined) break;
      this.dismiss(oldest.id);
    }
  }

  #leaveLater(notice: Notice): void {
    const stay = notice.action !== null ? UNDO_MS : notice.tone === 'bad' ? BAD_MS : PLAIN_MS;
    this.#timers.set(
      notice.id,
      this.#schedule(stay, () => this.dismiss(notice.id))
    );
  }
}
