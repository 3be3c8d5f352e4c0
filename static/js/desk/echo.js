// What the line in the field means, in words, or what is asked about it.

const SOURCES = { cash: "by_cash", bank: "by_bank", card: "by_card", cheque: "by_cheque" };

function part(tag, text, name) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
}

const bold = (text) => part("b", text);
const plain = (text, name) => part("span", text, name);

/** The parts of a call: 20 people × £20.00 = £400.00 ≈ €464.00 · promise. */
function call(echo, say) {
  const parts = [bold(echo.section_name || say("nobody")), plain("·")];
  const { people, instalments, each, total, base } = echo;
  const sums = [];
  if (people > 1) sums.push(say("people_times", { people, each: each.text }));
  if (instalments) sums.push(say("parts_times", { parts: instalments, each: each.text }));
  if (sums.length) parts.push(plain(sums.join(" × ")), plain("="));
  if (total) parts.push(bold(total.text));
  else parts.push(plain(say("prepared")));
  if (base && base.currency !== total?.currency) parts.push(plain(say("about", { amount: base.text }), "mute"));
  parts.push(plain("·"), plain(say(SOURCES[echo.paid_by] ?? "promise")));
  if (echo.label) parts.push(plain("·"), plain(echo.label, "mute"));
  if (echo.parked) parts.push(plain(say("will_park"), "desk-warns"));
  if (echo.second) parts.push(plain(say("will_wait"), "desk-warns"));
  if (echo.text) parts.push(plain(echo.text, "mute"));
  return parts;
}

function choices(verdict, asks, say, pick) {
  const list = plain("", "desk-choices");
  if (!asks) list.append(plain(say("to_choose"), "mute"));
  verdict.choices.forEach((choice) => {
    const button = part("button", "", "desk-choice");
    button.type = "button";
    button.tabIndex = -1;
    button.append(part("kbd", choice.key), plain(choice.meaning));
    button.addEventListener("click", () => pick(choice));
    list.append(button);
  });
  return list;
}

/** Make the echo; `draw(verdict, asks)` with `asks` once the digits choose. */
export function echo(box, say, pick) {
  function draw(verdict, asks = false, unread = false) {
    box.toggleAttribute("data-stale", false);
    box.toggleAttribute("data-asks", asks);
    box.dataset.kind = verdict?.kind ?? "none";
    const parts = {
      call: () => call(verdict.echo, say),
      command: () => [plain(verdict.echo, "desk-says")],
      question: () => [plain(verdict.message, "desk-says"), choices(verdict, asks, say, pick)],
      refusal: () => [plain(verdict.message, "desk-says")],
    }[verdict?.kind]?.() ?? (unread ? [plain(say("unread"), "mute")] : []);
    box.replaceChildren(...parts);
  }

  /** What stands there was said of a line that has been changed since. */
  const stale = () => box.toggleAttribute("data-stale", box.childElementCount > 0);

  return { draw, stale };
}
