import type { ListeningStatus } from '$lib/listening';
import StepBadge from '$lib/ui/nest/StepBadge.svelte';
import { stories } from '../page/story';

const badge = (status: ListeningStatus) => ({ props: { status } });

export default stories(StepBadge, {
  'not listening': badge({ state: 'idle', reason: 'stopped' }),
  paused: badge({ state: 'idle', reason: 'paused' }),
  'nothing plays': badge({ state: 'idle', reason: 'nothing-playing' }),
  'waits for a tap': badge({ state: 'needs-gesture' }),
  'asks the time': badge({ state: 'waiting-clock' }),
  loading: badge({ state: 'loading', entryId: 1, progress: null }),
  'loading, half': badge({ state: 'loading', entryId: 1, progress: 0.5 }),
  'counting in': badge({ state: 'counting-in', startsInMs: 2_400 }),
  'in step': badge({ state: 'in-step', errorMs: -2.3, mode: 'buffer' }),
  correcting: badge({ state: 'correcting', errorMs: 412.4, mode: 'element' }),
  buffering: badge({ state: 'buffering' }),
  unplayable: badge({ state: 'unplayable', entryId: 1, reason: 'no' }),
  'offline, still sounding': badge({ state: 'offline', sounding: true }),
  offline: badge({ state: 'offline', sounding: false }),
  'heard by another service': {
    props: { status: { state: 'idle', reason: 'nothing-playing' }, outside: 'heard' }
  },
  'another service, and not heard': {
    props: { status: { state: 'idle', reason: 'nothing-playing' }, outside: 'silent' }
  },
  'long words': {
    ...badge({ state: 'offline', sounding: true }),
    app: (app) => app.i18n.use('de')
  }
});
