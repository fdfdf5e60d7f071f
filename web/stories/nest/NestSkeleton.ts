import NestSkeleton from '$lib/ui/nest/NestSkeleton.svelte';
import { stories } from '../page/story';

export default stories(NestSkeleton, {
  loading: { props: {} }
});
