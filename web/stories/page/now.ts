/** The moment at which every story takes place: nothing that is drawn depends on when it is looked at. */
export const NOW_MS = Date.UTC(2026, 4, 17, 20, 30, 0);

Date.now = () => NOW_MS;
