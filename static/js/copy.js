// Copies a line that somebody keeps elsewhere; without script it is marked and copied by hand.

const button = document.querySelector("[data-copy]");

if (button && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector("[data-copied]").textContent.trim());
    button.textContent = button.dataset.done;
  });
}
