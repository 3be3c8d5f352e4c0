// Looks for a number that makes the digest of "name.number" begin with enough zero bits.

// So many digests are asked for at once: one at a time spends its time waiting.
const TOGETHER = 256;

const encoder = new TextEncoder();

function zeroBitsOf(digest) {
  const bytes = new Uint8Array(digest);
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length * 8 : first * 8 + Math.clz32(bytes[first]) - 24;
}

addEventListener("message", async (event) => {
  const { name, zeroBits } = event.data;
  for (let start = 0; ; start += TOGETHER) {
    const numbers = Array.from({ length: TOGETHER }, (_, index) => start + index);
    const digests = await Promise.all(
      numbers.map((number) => crypto.subtle.digest("SHA-256", encoder.encode(`${name}.${number}`))),
    );
    const at = digests.findIndex((digest) => zeroBitsOf(digest) >= zeroBits);
    if (at >= 0) {
      postMessage(String(numbers[at]));
      return;
    }
  }
});
