// What a line means, asked while it is typed. Only the answer to what stands in the field counts.

const WAIT = 60;

/** Make a reader; `show(verdict, line)` gets each answer that is still wanted. */
export function reader(server, address, show) {
  let wanted = null;
  let found = null;
  let timer = 0;
  let asking = null;

  async function ask(body) {
    asking = new AbortController();
    const { status, body: verdict } = await server.ask(address, body, asking.signal);
    if (wanted !== body) return;
    found = status === 200 ? verdict : null;
    show(found, body.line);
  }

  /** Read a line as soon as nobody types for a moment; `level` is what is called up, if it is known. */
  function read(line, meant = {}, level = undefined) {
    forget();
    if (!line) return;
    wanted = {
      line, sure: Boolean(meant.sure), habits: meant.habits ?? {}, ...(level === undefined ? {} : { level }),
    };
    timer = setTimeout(ask, WAIT, wanted);
  }

  function forget() {
    clearTimeout(timer);
    asking?.abort();
    wanted = null;
    found = null;
  }

  /** What is known of the line that stands there now, or null. */
  const known = () => found;

  return { read, forget, known };
}
