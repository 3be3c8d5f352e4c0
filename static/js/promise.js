// The form of a promise, and that of paying one: a proof of work, and a button that is pressed once.
// Without this script the server does the same.

import { prove } from "./proof.js";

const form = document.querySelector("[data-promise]");
const element = document.getElementById("promise");

function start() {
  const { currency, section, other, attempt, proof } = form.elements;
  const button = form.querySelector("[data-promise-button]");

  section?.addEventListener("change", () => {
    const wanted = section.selectedOptions[0].dataset.currency;
    if (wanted && [...(currency.options ?? [])].some((option) => option.value === wanted)) currency.value = wanted;
  });
  form.querySelector("#what-other")?.addEventListener("change", () => other.focus());

  prove(attempt.value, JSON.parse(element.textContent).zeroBits, (found) => {
    proof.value = found;
  });
  form.addEventListener("submit", () => {
    // Not before the browser has read the form: a disabled button is left out of it.
    setTimeout(() => { button.disabled = true; });
  });
  // Back from the payment page, the browser may show the page as it was left.
  addEventListener("pageshow", () => { button.disabled = false; });
}

if (form && element) start();
// `autofocus` is not followed when an address names a place on the page.
document.querySelector("[data-problem]")?.focus();
