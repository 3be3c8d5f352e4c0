// Sentences come translated from the server; here their values are filled in.

/** Make `say(key, values)` from the page's sentences. */
export function speaker(words) {
  return (key, values = {}) =>
    words[key].replace(/%\((\w+)\)s|%%/g, (match, name) => (name ? String(values[name]) : "%"));
}
