declare global {
  namespace App {}
  /** What `static/theme.js` has asked of the server before the app was there, by path; each answer is taken once. */
  var early: Map<string, Promise<Response>> | undefined;
}

export {};
