// Passkeys: a form's button asks the device, and the form carries what the device answers.

const toBytes = (text) => Uint8Array.from(
  atob(text.replaceAll("-", "+").replaceAll("_", "/")),
  (letter) => letter.charCodeAt(0),
);

const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (list = []) => list.map((one) => ({ ...one, id: toBytes(one.id) }));

const ask = {
  get: (options) => navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  }),
  create: (options) => navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    },
  }),
};

/** Write down what a device answered: every part that is there, in the letters of an address. */
function written(credential) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const there = parts.filter((part) => credential.response[part]);
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(there.map((part) => [part, toText(credential.response[part])])),
  });
}

async function answer(form) {
  const asked = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!asked.ok) throw new Error(asked.statusText);
  form.elements.passkey.value = written(await ask[form.dataset.passkey](await asked.json()));
  form.submit();
}

if (window.PublicKeyCredential) {
  for (const away of document.querySelectorAll("[data-passkey-away]")) away.hidden = true;
  for (const form of document.querySelectorAll("[data-passkey]")) {
    const problem = form.querySelector("[data-passkey-problem]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      problem.hidden = true;
      answer(form).catch(() => {
        problem.hidden = false;
      });
    });
  }
}
