// The form to give: amounts follow the currency, the currency follows the section, and the button
// says what it does. Without this script the server does the same, one press later.

import { writer } from "./money.js";
import { prove } from "./proof.js";
import { speaker } from "./words.js";

const form = document.querySelector("[data-give]");
const element = document.getElementById("give");

/** The amount in minor units of a text that can be read in one way only, else null. */
function understood(text, exponent) {
  const match = /^\s*(\d{1,9})(?:[.,](\d+))?\s*$/.exec(text);
  if (!match || (match[2] ?? "").length > exponent) return null;
  return Number(match[1] + (match[2] ?? "").padEnd(exponent, "0")) || null;
}

function start() {
  const data = JSON.parse(element.textContent);
  const say = speaker(data.words);
  const write = writer(data.money);
  const currency = form.elements.currency;
  const section = form.elements.section;
  const other = form.elements.other;
  const button = form.querySelector("[data-give-button]");
  const words = form.querySelector("[data-give-words]");
  const amounts = [...form.querySelectorAll('input[name="amount"]')].filter((radio) => radio.value !== "other");

  function drawButton() {
    const chosen = form.elements.amount.value;
    const minor = understood(chosen === "other" ? other.value : chosen, data.exponents[currency.value]);
    words.textContent = minor ? say("give", { amount: write.exact(minor, currency.value) }) : say("plain");
  }

  function drawAmounts() {
    const presets = data.presets[currency.value];
    amounts.forEach((radio, index) => {
      const preset = presets[index];
      const label = form.querySelector(`label[for="${radio.id}"]`);
      radio.disabled = !preset;
      if (!preset && radio.checked) form.querySelector("#amount-other").checked = true;
      label.hidden = !preset;
      if (!preset) return;
      radio.value = preset.value;
      label.textContent = preset.label;
    });
    form.querySelectorAll("[data-currency-code]").forEach((code) => {
      code.textContent = currency.value;
    });
    drawButton();
  }

  section?.addEventListener("change", () => {
    const wanted = section.selectedOptions[0].dataset.currency;
    if (wanted && wanted in data.presets) currency.value = wanted;
    drawAmounts();
  });
  if (currency.tagName === "SELECT") currency.addEventListener("change", drawAmounts);
  form.addEventListener("input", drawButton);
  form.querySelector("#amount-other").addEventListener("change", () => other.focus());

  prove(form.elements.attempt.value, data.zeroBits, (proof) => {
    form.elements.proof.value = proof;
  });
  form.addEventListener("submit", () => {
    // Not before the browser has read the form: a disabled button is left out of it.
    setTimeout(() => { button.disabled = true; });
  });
  // Back from the payment page, the browser may show the page as it was left.
  addEventListener("pageshow", () => {
    button.disabled = false;
    drawAmounts();
  });
}

if (form && element) start();
// `autofocus` is not followed when an address names a place on the page.
document.querySelector("[data-problem]")?.focus();
