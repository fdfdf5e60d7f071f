/** In place of the kit's state: every story is on the first page. */
export const page = { route: { id: '/' }, url: new URL('http://rookery.example/') };
