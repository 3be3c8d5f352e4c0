// Waits for word of a payment: asks often at first, ever less later, and never gives up.

import "./progress.js";

const page = document.querySelector("[data-state]");
const share = document.querySelector("[data-share]");
const SOONEST = 1_000;
const LATEST = 30_000;

async function ask(wait) {
  try {
    const answer = await fetch(page.dataset.status, { cache: "no-store", signal: AbortSignal.timeout(LATEST) });
    const { state } = await answer.json();
    if (answer.ok && state !== page.dataset.state) {
      location.reload();
      return;
    }
  } catch {
    // The network is away; the payment is not.
  }
  setTimeout(ask, wait, Math.min(LATEST, wait * 1.3));
}

if (page?.dataset.state === "processing") setTimeout(ask, SOONEST, SOONEST);

if (share && navigator.share) {
  share.hidden = false;
  document.querySelector(".share-address").hidden = true;
  share.addEventListener("click", () => {
    navigator.share({ title: share.dataset.title, url: share.dataset.address }).catch(() => {});
  });
}
