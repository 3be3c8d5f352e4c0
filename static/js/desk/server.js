// Questions to the server. A token against forged forms belongs to a session: whoever signs in again
// gets another one, which the page fetches by itself.

const PATIENCE = 10_000;

/** What the server handed over to this page, or to it as it would be now. */
export const handed = (page = document) => JSON.parse(page.getElementById("desk-data").textContent);

/** Make the page's way to ask; an answer is `{ status, body }`, with status 0 where none came. */
export function openServer({ csrf, me, key }) {
  let token = csrf;

  async function once(address, body, signal) {
    const headers = { Accept: "application/json" };
    if (body) Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": token });
    try {
      const answer = await fetch(address, {
        method: body ? "POST" : "GET",
        headers,
        body: body && JSON.stringify(body),
        cache: "no-store",
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), ...(signal ? [signal] : [])]),
      });
      const json = answer.headers.get("Content-Type")?.startsWith("application/json");
      return { status: answer.status, body: json ? await answer.json() : {} };
    } catch {
      return { status: 0, body: {} };
    }
  }

  /** Fetch the page again for its token; if it is another fund's or person's by now, start anew.
   *
   * Whoever is signed out is sent to another page, which is not fetched: its form would bring a
   * cookie, and that one could arrive after the cookie of somebody who signs in at this moment.
   */
  async function renew() {
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("desk-data")) return false;
      const now = handed(page);
      if (now.me.key !== me.key || now.key !== key) location.reload();
      token = now.csrf;
      return true;
    } catch {
      return false;
    }
  }

  async function ask(address, body, signal) {
    const answer = await once(address, body, signal);
    if (answer.status !== 400 || !body) return answer;
    return (await renew()) ? once(address, body, signal) : { status: 401, body: {} };
  }

  return { ask, renew };
}
