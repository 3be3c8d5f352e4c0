// The time of the server in the fund's timezone: laptops in halls are often wrong.

/** Make a clock from the server's time at which the page was made. */
export function clock(serverNow, timezone) {
  let began = performance.now();
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  let server = Date.parse(serverNow);
  const now = () => new Date(server + performance.now() - began);

  /** Take the server's time again: a laptop that slept has missed some. */
  function set(again) {
    began = performance.now();
    server = Date.parse(again);
  }

  return { now, set, time: (moment) => format.format(moment) };
}
