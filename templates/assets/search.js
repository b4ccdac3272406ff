// The search page. Pagefind's index answers; this file asks it and shows what it says, as text and never as markup.
const root = document.querySelector(".search");
const form = root.querySelector("form");
const field = form.elements.q;
const panel = root.querySelector("details");
const status = root.querySelector("[role=status]");
const list = root.querySelector(".results");
const more = root.querySelector("button[type=button]");
const selects = [...form.querySelectorAll("select")];
const narrowing = selects.filter((select) => select.name !== "order");
const ORDERS = { new: { newest: "desc" }, old: { oldest: "asc" } };
const PAGE = 10, WAIT = 300; // results at a time; milliseconds after a keystroke
const BREAK = "¶", PLAIN_WORDS = "¶¶";

// As site_gen/core/folding.py writes words plainly, with the same table: ø as o. Pagefind knows of accents by itself.
const PLAIN_LETTERS = new Map();
(root.dataset.plainLetters ?? "").split(" ").forEach((letter, at, all) => { if (at % 2 === 0) PLAIN_LETTERS.set(letter, all[at + 1]); });
const HIDDEN = /[\u00ad\u200b\u2060\ufeff]/g;
const plainly = (text) => [...text.replace(HIDDEN, "").normalize("NFKC").toLowerCase()].map((letter) => PLAIN_LETTERS.get(letter) ?? letter).join("");

// As site_gen/pages/search_records.py cuts texts: scripts without blanks between words become overlapping pairs of letters.
const LETTER = "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u3007\\u3041-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf" +
  "\\u4e00-\\u9fff\\uf900-\\ufaff\\uff66-\\uff9f\\u{1aff0}-\\u{1b16f}\\u{20000}-\\u{33479}]";
const MARKS = "[\\u0300-\\u036f\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u3099\\u309a\\ufe00-\\ufe0f]*";
const RUN = new RegExp(`(?:${LETTER}${MARKS})+`, "gu");
const ONE = new RegExp(`${LETTER}${MARKS}`, "gu");
const PAIR = new RegExp(`^(\\P{L}*${LETTER}${MARKS})(${LETTER}${MARKS})$`, "u");
const FIRST = new RegExp(`^${LETTER}`, "u");
const STOP = /[\u3001-\u303f\uff01-\uff65]$/u; // after these such scripts put no blank either

const EDGES = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{M}\p{N}]*)$/u;

function pairs(text) {
  return text.normalize("NFC").replace(RUN, (run) => {
    const letters = run.match(ONE);
    return letters.length < 2 ? ` ${run} ` : ` ${letters.slice(1).map((letter, at) => letters[at] + letter).join(" ")} `;
  }).trim();
}

// Words of the index with how each is shown: [text, whether it was found]. The first letter of a pair stands for it.
function shown(words, found) {
  const pieces = [];
  words.forEach((word, at) => {
    const pair = PAIR.exec(word);
    const joined = pair && words[at + 1]?.startsWith(pair[2]);
    const hit = found(at) || (at > 0 && found(at - 1) && PAIR.exec(words[at - 1])?.[2] && word.startsWith(PAIR.exec(words[at - 1])[2]));
    const close = joined || (STOP.test(word) && FIRST.test(words[at + 1] ?? ""));
    const [, before, core, after] = EDGES.exec(joined ? pair[1] : word);
    pieces.push([before, false], [core, hit], [after, false], ...(close || at === words.length - 1 ? [] : [[" ", false]]));
  });
  return pieces;
}

function put(element, pieces) {
  for (const [text, hit] of pieces) {
    if (!text) continue;
    if (!hit) element.append(text);
    else if (element.lastChild?.nodeName === "MARK") element.lastChild.append(text);
    else element.append(make("mark", {}, text));
  }
  return element;
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const day = (iso) => `${+iso.slice(8)} ${MONTHS[iso.slice(5, 7) - 1]} ${+iso.slice(0, 4)}`;

function when(meta) {
  const gutter = make("div", { class: "when" });
  if (meta.date) gutter.append(make("time", { datetime: meta.date }, day(meta.date)));
  else if (meta.guessed) gutter.append(make("span", { class: "guess", title: "This date is a guess" }, `c.\u00a0${day(meta.guessed)}`));
  else if (!meta.kind) gutter.append(make("span", { class: "soft" }, "undated"));
  return gutter;
}

// The two passages with most of what was asked for, else the names that have it, else the first passage.
function passages(data) {
  const all = data.content.split(" "), end = all.includes(PLAIN_WORDS) ? all.indexOf(PLAIN_WORDS) : all.length;
  const words = all.slice(0, end), hits = new Set(data.locations);
  const plainHits = new Set(all.filter((_, at) => at > end && hits.has(at)));
  const found = (at) => hits.has(at) || (plainHits.size > 0 && plainHits.has(plainly(words[at])));
  const parts = [];
  let start = 0, names = false;
  words.concat(BREAK).forEach((word, at) => {
    if (word !== BREAK) return;
    const part = words.slice(start, at), from = start;
    const count = part.filter((_, index) => found(from + index)).length;
    if (part.length) parts.push({ count, names, pieces: () => shown(part, (index) => found(from + index)) });
    else names = true;
    start = at + 1;
  });
  const texts = parts.filter((part) => !part.names);
  const best = texts.filter((part) => part.count).sort((a, b) => b.count - a.count).slice(0, 2);
  const chosen = best.length ? best : parts.filter((part) => part.names && part.count && hits.size).concat(texts).slice(0, 1);
  return chosen.map((part) => part.pieces());
}

const plain = (text) => shown(text.split(" "), () => false).map(([piece]) => piece).join("");

function item(data) {
  const meta = data.meta, lang = meta.lang;
  const article = make("article", {},
    make("h3", { lang, dir: "auto" }, make("a", { href: root.dataset.home + data.raw_url.slice(1) }, plain(meta.title))));
  for (const pieces of passages(data)) article.append(put(make("p", { class: "sum", lang, dir: "auto" }), pieces));
  const about = [];
  if (meta.outlet) about.push(make("bdi", {}, plain(meta.outlet)));
  if (meta.articles) about.push(`${plain(meta.kind)} · ${meta.articles} article${meta.articles === "1" ? "" : "s"}`);
  if (about.length) article.append(make("p", { class: "meta" }, ...about));
  return make("li", {}, when(meta), make("div", {}, article));
}

let engine, turn = 0, results = [], offered = 0;

async function load() {
  engine ??= import(`${root.dataset.index}pagefind.js`).then(async (pagefind) => {
    await pagefind.options({ noWorker: true, baseUrl: root.dataset.home, ranking: { metaWeights: { title: 5, date: 0, guessed: 0, lang: 0, articles: 0, kind: 0 } } });
    await pagefind.init();
    return pagefind;
  });
  return engine;
}

function chosen() {
  return Object.fromEntries(narrowing.filter((select) => select.value).map((select) => [select.name, select.value]));
}

// The choices that are left, with how many results each would leave.
function offer(counts) {
  for (const select of narrowing) {
    const now = select.value;
    const values = Object.entries(counts[select.name] ?? {}).filter(([value, count]) => count || value === now);
    values.sort(select.name === "year" ? (a, b) => b[0].localeCompare(a[0]) : (a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
    select.replaceChildren(make("option", {}, "any"), ...values.map(([value, count]) => make("option", { value }, `${value} (${count})`)));
    select.options[0].value = "";
    if (now && !values.some(([value]) => value === now)) select.append(make("option", { value: now }, now));
    select.value = now;
  }
}

async function search() {
  const mine = ++turn, query = field.value.trim(), filters = chosen();
  address();
  if (!query && !Object.keys(filters).length) {
    results = [];
    list.replaceChildren();
    more.hidden = true;
    status.textContent = "";
    return;
  }
  try {
    const pagefind = await load();
    if (panel.open) await pagefind.filters();
    const asked = query.includes('"') ? query : plainly(query); // plain words stand apart: no part of a phrase
    const found = await pagefind.search(query ? pairs(asked) : null, { filters, sort: ORDERS[form.elements.order.value] ?? {} });
    if (mine !== turn) return;
    const items = await Promise.all(found.results.slice(0, PAGE).map((result) => result.data().then(item)));
    if (mine !== turn) return;
    results = found.results;
    offered = items.length;
    list.replaceChildren(...items);
    more.hidden = results.length <= offered;
    status.textContent = results.length ? `${results.length.toLocaleString("en")} found` : "Nothing found. Other words, or fewer, may help.";
    if (panel.open) offer(query ? found.filters : found.totalFilters);
  } catch (error) {
    if (mine !== turn) return;
    engine = undefined;
    list.replaceChildren();
    more.hidden = true;
    status.textContent = "The index cannot be read. It may just have been replaced: reload the page to try again.";
    console.warn(error);
  }
}

// What is asked stands in the address, so that it can be sent to others.
function address() {
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  const target = `${location.pathname}${asked.size ? `?${asked}` : ""}`;
  if (target !== location.pathname + location.search) history.replaceState(null, "", target);
}

function read() {
  const asked = new URLSearchParams(location.search);
  field.value = asked.get("q") ?? "";
  for (const select of selects) {
    const value = asked.get(select.name) ?? "";
    if (value && ![...select.options].some((option) => option.value === value)) select.append(make("option", { value }, value));
    select.value = value;
  }
  if (narrowing.some((select) => select.value)) panel.open = true;
}

let waiting;
const soon = () => { clearTimeout(waiting); waiting = setTimeout(search, WAIT); };

field.addEventListener("input", soon);
field.addEventListener("focus", () => load().catch(() => { engine = undefined; }), { once: true });
form.addEventListener("change", (event) => { if (event.target !== field) search(); });
form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); search(); });
panel.addEventListener("toggle", () => { if (panel.open) search().then(choices); });
addEventListener("popstate", () => { read(); search(); });
more.addEventListener("click", async () => {
  const mine = turn, next = results.slice(offered, offered + PAGE);
  const items = await Promise.all(next.map((result) => result.data().then(item)));
  if (mine !== turn) return;
  offered += items.length;
  list.append(...items);
  more.hidden = results.length <= offered;
  items[0]?.querySelector("a").focus();
});

// Before anything is asked the choices are those of the whole site.
async function choices() {
  if (field.value.trim() || Object.keys(chosen()).length) return;
  try {
    offer(await (await load()).filters());
  } catch {
    engine = undefined;
  }
}

// Arrow keys go through the results, and back to the field.
root.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...list.querySelectorAll("h3 a")], at = links.indexOf(document.activeElement);
  if (!step || (at < 0 && (document.activeElement !== field || step < 0))) return;
  event.preventDefault();
  (links[at + step] ?? (at + step < 0 ? field : links[at])).focus();
});

form.hidden = false;
read();
search();
