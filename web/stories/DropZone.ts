import DropZone from '$lib/ui/DropZone.svelte';
import { stories } from './page/story';

export default stories(DropZone, {
  'nobody drags': { props: {} },
  'files over the page': {
    props: {},
    act: () => {
      const carried = new DataTransfer();
      carried.items.add(new File(['x'], 'song.flac', { type: 'audio/flac' }));
      window.dispatchEvent(new DragEvent('dragover', { dataTransfer: carried, cancelable: true }));
    },
    shows: '.zone'
  }
});
