// crypto: random numbers and digests. Keys and ciphers are not here.
(function (native, self, { apply, typedTag, typedLength, bytesOf, Text, TypeErr, Uint8, DOMException }) {
const missing = (name) => ({ [name]() { return Promise.reject(new DOMException("crypto.subtle." + name + " is not available here, only digest: run this plugin with `imjoy run --browser`", "NotSupportedError")); } })[name];
const subtle = {
  async digest(algorithm, data) {
    const name = Text(algorithm !== null && typeof algorithm === "object" ? algorithm.name : algorithm).toUpperCase();
    const sum = native.digest(name, bytesOf(data));
    if (sum === null) throw new DOMException("the digest " + name + " is not known: there are SHA-1, SHA-256, SHA-384 and SHA-512", "NotSupportedError");
    return sum;
  },
};
for (const name of ["encrypt", "decrypt", "sign", "verify", "generateKey", "deriveKey", "deriveBits", "importKey", "exportKey", "wrapKey", "unwrapKey"]) subtle[name] = missing(name);
const crypto = {
  subtle,
  getRandomValues(array) {
    const tag = array !== null && typeof array === "object" ? apply(typedTag, array, []) : undefined;
    if (tag === undefined || tag[0] === "F") throw new DOMException("getRandomValues needs an array of integers", "TypeMismatchError");
    if (apply(typedLength, array, []) > 65536) throw new DOMException("at most 65536 random bytes at once", "QuotaExceededError");
    native.random(array);
    return array;
  },
  randomUUID() {
    const b = new Uint8(16);
    native.random(b);
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = Array.from(b, (x) => (x + 256).toString(16).slice(1)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  },
};
return { crypto };
})
