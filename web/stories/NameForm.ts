import { ApiProblem } from '$lib/api/problem';
import NameForm from '$lib/ui/NameForm.svelte';
import { LONG, UNBROKEN } from './page/fixtures';
import { stories, type } from './page/story';

const form = {
  title: 'Welcome',
  lead: 'Ada has invited you to The Old Oak.',
  submit: 'Join',
  problem: null,
  onname: async () => undefined
};

export default stories(NameForm, {
  'asks for a name': { props: form },
  'has a name': { props: form, act: (root) => type(root, 'input', UNBROKEN.slice(0, 40)) },
  'asks for nothing': { props: { ...form, named: false, submit: 'Sign in' } },
  refused: {
    props: {
      ...form,
      problem: new ApiProblem({
        code: 'link_not_valid',
        status: 410,
        detail: 'This invitation has been used up.'
      })
    }
  },
  'words that do not fit': { props: { ...form, title: UNBROKEN, lead: LONG.repeat(2), submit: 'Go' } }
});
