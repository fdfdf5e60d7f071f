import FileButton from '$lib/ui/FileButton.svelte';
import { stories } from './page/story';

export default stories(FileButton, {
  'in English': { props: { label: 'Upload music' } },
  'long words': { props: { label: 'Musikdateien zum Hochladen auswählen' } }
});
