import QrCode from '$lib/ui/QrCode.svelte';
import { UNBROKEN } from './page/fixtures';
import { stories } from './page/story';

export default stories(QrCode, {
  'a short link': {
    props: { text: 'https://rookery.example/nest/ABCDE', label: 'QR code' },
    shows: '.code svg'
  },
  'a long link': { props: { text: `https://${UNBROKEN.repeat(3)}`, label: 'QR code' }, shows: '.code svg' }
});
