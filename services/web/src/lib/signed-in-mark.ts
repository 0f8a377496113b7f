// Remembers in this browser that somebody signed in here. The session cookie is out of reach of scripts, and asking
// the server on a first visit would only bring a 401. The mark is a hint and no right: the server decides.
const KEY = "confab.signed-in";

export const signedInMark = {
  isSet: (): boolean => localStorage.getItem(KEY) !== null,
  set: (): void => localStorage.setItem(KEY, "1"),
  clear: (): void => localStorage.removeItem(KEY),
};
