// Money and numbers as the server writes them: same marks, same places, from the same patterns.

/** Make the writer of a page from the `money` that its server handed over. */
export function writer(style) {
  const place = (code) => style.currencies[code] ?? { exponent: 2, prefix: `${code}\u00a0`, suffix: "" };
  const unit = (code) => 10 ** place(code).exponent;
  const dress = (code, digits) => `${place(code).prefix}${digits}${place(code).suffix}`;

  function count(number) {
    const [last, others] = style.grouping;
    let rest = String(number);
    const groups = [];
    let size = last;
    while (rest.length > size) {
      groups.unshift(rest.slice(-size));
      rest = rest.slice(0, -size);
      size = others;
    }
    return [rest, ...groups].join(style.group);
  }

  const units = (minor, code, up = false) => Math[up ? "ceil" : "floor"](minor / unit(code));
  const whole = (minor, code, up = false) => dress(code, count(units(minor, code, up)));

  function exact(minor, code) {
    const { exponent } = place(code);
    const decimals = exponent ? style.decimal + String(minor % unit(code)).padStart(exponent, "0") : "";
    return dress(code, count(units(minor, code)) + decimals);
  }

  const short = (minor, code) => (minor % unit(code) ? exact(minor, code) : whole(minor, code));

  return { count, units, whole, exact, short };
}
