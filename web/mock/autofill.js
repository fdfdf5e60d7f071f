// What a nest of the mock would choose next by itself, with reasons that need not be true.
import { summary } from './library.js';
import { Refusal } from './nest.js';

const DAY_MS = 86_400_000;
const YEAR_MS = 31_557_600_000;
const REASONS = [
  (track) => ({ kind: 'same_artist', artist: track.artist }),
  () => ({ kind: 'similar_sound' }),
  () => ({ kind: 'throwback', by: { id: 'ben', name: 'Ben' }, played_at_ms: Date.now() - 3 * YEAR_MS }),
  () => ({ kind: 'favourite', jams: 5, by: null }),
  () => ({ kind: 'library' })
];

/** Chooses what comes next, and tells. */
export function choosePreview(nest) {
  const { autofill, queue, playing, settings } = nest.state;
  const taken = [...queue, playing?.entry].map((entry) => entry?.track.id);
  const track = nest.library.tracks.find(
    ({ id, playable }) => playable.state === 'ready' && !taken.includes(id) && !nest.filtered.has(id)
  );
  if (!settings.autofill || !track) return;
  const entry = playing?.entry;
  const seed = entry && {
    track_id: entry.track.id,
    title: entry.track.title,
    artist: entry.track.artist,
    by: entry.added_by
  };
  const reason = REASONS[nest.offset % REASONS.length](summary(track));
  autofill.preview = { track: summary(track), because: { reason, seed } };
  nest.tell(null, { type: 'autofill_previewed', preview: structuredClone(autofill.preview) });
}

function taken(nest, { track_id }) {
  const { preview } = nest.state.autofill;
  if (preview?.track.id !== track_id) throw new Refusal('other_preview');
  return preview;
}

function another(nest) {
  nest.state.autofill.preview = null;
  nest.tell(null, { type: 'autofill_previewed', preview: null });
  setTimeout(() => choosePreview(nest), 700);
}

/** The commands on a preview. */
export const autofill = {
  queue(nest, person, body) {
    const { because } = taken(nest, body);
    const id = nest.add(person, body, because);
    another(nest);
    return id;
  },

  filter(nest, person, body) {
    taken(nest, body);
    nest.filtered.set(body.track_id, { by: { id: person.id, name: person.name }, at_ms: Date.now() });
    nest.tell(person.id, { type: 'track_filtered', track_id: body.track_id });
    another(nest);
    return null;
  },

  unfilter(nest, person, body) {
    if (nest.filtered.delete(body.track_id))
      nest.tell(person.id, { type: 'track_unfiltered', track_id: body.track_id });
    return null;
  }
};

/** What was filtered and is not chosen for some days yet, newest first. */
export function kept(nest) {
  const days = nest.state.settings.autofill_rules.filter_days;
  return [...nest.filtered]
    .filter(([id]) => nest.library.track(id))
    .map(([id, { by, at_ms }]) => ({
      track: summary(nest.library.track(id)),
      by,
      at_ms,
      until_ms: at_ms + days * DAY_MS
    }))
    .filter(({ until_ms }) => until_ms > Date.now())
    .reverse();
}
