/** In place of the kit's navigation: a story goes nowhere. */
export const goto = async (): Promise<void> => undefined;
