const m = "On 2024-11-05 and 2023-01-31".match(/(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)/);
const dates = [..."2024-11-05 x 2023-01-31".matchAll(/(?<y>\d{4})-(?<m>\d\d)/g)].map((x) => [x.index, x.groups.y, { ...x.groups }.m]);
const sticky = /foo/y; sticky.lastIndex = 3;
const re = /a./g, walks = []; for (let x; (x = re.exec("abacad")); ) walks.push([x[0], re.lastIndex]);
const { groups: { user, host = "none" } } = /(?<user>\w+)(?:@(?<host>\w+))?/.exec("jo");
return [m.groups.year, { ...m.groups }, m.index, dates, "price: $42, €7".match(/(?<=\$)\d+/)[0], "price: $42, €7".match(/(?<!\$|\d)\d+/)[0], "John Smith".replace(/(?<f>\w+) (?<l>\w+)/, "$<l>, $<f>"), "aaa".replace(/a/g, (c, i) => i), "x-1".replace(/(\w)-(\d)/, "$2$1$$$&$`$'"), sticky.test("barfoo"), sticky.lastIndex, walks, user, host,
  /^\p{Lu}\p{L}*$/u.test("Éclair"), "a😀b".match(/./gu).length, "a\nb".match(/a.b/s)?.[0], "one  two".split(/(\s+)/), "2024-11-05".split(/-/, 2), /(?<q>["']).*?\k<q>/.exec(`say "it's"`)[0], "aBC".replace(/[A-Z]/g, (c) => "_" + c.toLowerCase()), /[^]/.test("\n"), /\u{1F600}/u.test("😀"), /(?:)/.source, RegExp("/").test("a/b"), String(/a\/b/gi), /x*/[Symbol.replace]("abc", "-"), "abc".search(/c/), /(a)|(b)/.exec("b"), new RegExp(/x/g, "i").flags, /a/dgimsuy.flags, /(?<a>x)(y)?(?:z)(?<b>z)(\w)/d.exec("zxzzw").indices[4]];
