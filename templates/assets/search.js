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

// What is said, in the language of the page: `_words` of views/search.py.
const WORDS = JSON.parse(root.dataset.words);
const counted = ([one, more], count) => (new Intl.PluralRules(WORDS.language).select(count) === "one" ? one : more).replace(/[12]/, () => count.toLocaleString(WORDS.language));
const day = (iso) => WORDS.months[iso.slice(5, 7) - 1].replace("2001", +iso.slice(0, 4)).replace("22", +iso.slice(8));

function when(meta) {
  const gutter = make("div", { class: "when" });
  if (meta.date) gutter.append(make("time", { datetime: meta.date }, day(meta.date)));
  else if (meta.guessed) gutter.append(make("span", { class: "guess", title: WORDS.guess }, `${WORDS.about}\u00a0${day(meta.guessed)}`));
  else if (!meta.kind) gutter.append(make("span", { class: "soft" }, WORDS.undated));
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
  if (meta.articles) about.push(`${plain(meta.kind)} · ${counted(WORDS.articles, Number(meta.articles))}`);
  if (about.length) article.append(make("p", { class: "meta" }, ...about));
  return make("li", {}, when(meta), make("div", {}, article));
}

let engine, turn = 0, results = []; // rows of those that are not shown yet

// The index has parts, each an index of its own; Pagefind takes them for languages, of which the entry names all.
async function load() {
  engine ??= (async () => {
    const basePath = root.dataset.index;
    const [{ PagefindInstance }, entry] = await Promise.all([
      import(`${basePath}pagefind.js?parts`), // another address than that of the script without our line, which may be cached
      fetch(`${basePath}pagefind-entry.json`, { cache: "no-cache" }).then((response) => response.json()),
    ]);
    const ranking = { metaWeights: { title: 5, date: 0, guessed: 0, last: 0, lang: 0, articles: 0, kind: 0 } };
    const start = async (language, first) => {
      const part = new PagefindInstance({ basePath, baseUrl: root.dataset.home, ranking });
      part.loadEntry = async () => Object.assign(part, { languages: entry.languages, includeCharacters: entry.include_characters });
      await part.init(language, { load_wasm: first });
      await part.enterPlaygroundMode(); // in which it tells the words that it found
      return Object.assign(part, entry.languages[language]); // how many pages it has, and how many of them have no day
    };
    const [first, ...others] = Object.keys(entry.languages);
    if (!first) return [];
    return [await start(first, true), ...(await Promise.all(others.map((language) => start(language, false))))];
  })();
  return engine;
}

function sums(counts) {
  const all = {};
  for (const [name, values] of counts.flatMap(Object.entries)) {
    all[name] ??= {};
    for (const [value, count] of Object.entries(values)) all[name][value] = (all[name][value] ?? 0) + count;
  }
  return all;
}

// The stems that nothing begins with in a part, going by its best result. It takes the longest word that begins a stem
// instead, or passes the stem over.
function missing(stems, { results: [best] }) {
  if (!best?.scores) return []; // nothing found, or a phrase
  const words = [...best.scores.map((score) => score.search_term), ...(best.verbose_meta_scores ?? []).flatMap((score) => score.matched_terms)];
  return stems.filter((stem) => !words.some((word) => word.startsWith(stem)));
}

// Ask all parts as if they were one: what a part has not may stand in another, and then the part has no results.
async function find(parts, query, filters, order) {
  let answers = await Promise.all(parts.map((part) => part.search(query, { filters })));
  const stems = answers[0]?.search_keywords ?? [], doubtful = answers.map((answer) => missing(stems, answer)), elsewhere = new Set();
  for (const stem of new Set(doubtful.flat())) {
    const alone = await Promise.all(parts.map((part) => part.search(stem)));
    if (alone.some((answer) => answer.results.length && !missing([stem], answer).length)) elsewhere.add(stem);
  }
  if (order) answers.forEach(({ results }, at) => sortByDay(results, parts[at], order));
  else weigh(answers, stems, doubtful, parts.reduce((sum, part) => sum + part.page_count, 0));
  answers = answers.filter((_, at) => !doubtful[at].some((stem) => elsewhere.has(stem)));
  const rows = answers.map((answer) => answer.results);
  return {
    rows: order ? rows : [rows.flat().sort((a, b) => b.score - a.score)],
    count: rows.flat().length,
    filters: sums(answers.map((answer) => answer.filters)),
    totalFilters: sums(answers.map((answer) => answer.totalFilters)),
  };
}

// A part's list of its pages goes by days, and those without come last. It is CBOR (RFC 8949).
function sortByDay(results, part, order) {
  part.places ??= new Map(decode(part.searchMeta)[1].map(([page], at) => [page, at]));
  const dated = part.places.size - part.undated;
  const place = ({ id }) => (order === "new" && part.places.get(id) < dated ? -1 : 1) * part.places.get(id);
  results.sort((a, b) => place(a) - place(b));
}

function decode(bytes) {
  const letters = new TextDecoder();
  let at = 0;
  const next = () => {
    const kind = bytes[at] >> 5;
    let size = bytes[at++] & 31;
    if (size > 23) {
      const end = at + (1 << (size - 24));
      for (size = 0; at < end; at++) size = size * 256 + bytes[at];
    }
    if (kind === 3) return letters.decode(bytes.subarray(at, (at += size)));
    return kind === 4 ? Array.from({ length: size }, next) : size;
  };
  return next();
}

// Give results the scores that they had in one index of all parts: Pagefind's (BM25, and a title's share of what was asked
// for, squared), with how rare a word is, and how long a page is on average, taken from all parts.
function weigh(answers, stems, doubtful, pages) {
  const counts = stems.map(() => 0), asked = answers.filter((answer) => answer.results[0]?.scores);
  let read = 0, length = 0;
  answers.forEach(({ results: [best], query_term_idfs: rarities }, part) => {
    if (!best?.scores) return;
    const size = best.params.total_pages;
    read += size;
    length += size * best.params.average_page_length;
    stems.forEach((stem, at) => { if (!doubtful[part].includes(stem)) counts[at] += (size + 1) / Math.exp(rarities[at].idf) - 0.5; });
  });
  length /= read;
  const rarity = counts.map((count) => Math.log((pages + 1) / (count + 0.5)));
  const all = rarity.reduce((sum, one) => sum + one, 0);
  const stemOf = (word) => stems.findIndex((stem) => word.startsWith(stem) || stem.startsWith(word));
  for (const result of asked.flatMap((part) => part.results)) {
    const titles = result.verbose_meta_scores ?? [];
    const inTitles = titles.reduce((sum, field) => sum + field.coverage_boost, 0);
    const inText = result.scores.reduce((sum, score) => sum + score.score, 0);
    const text = result.scores.reduce((sum, { search_term: word, params }) => {
      const frequency = params.weighted_term_frequency * params.length_bonus;
      return sum + (rarity[stemOf(word)] ?? 0) * 2.4 * frequency / (1.4 * (0.25 + 0.75 * result.params.document_length / length) + frequency);
    }, 0);
    const accents = inText && (result.score - inTitles) / inText; // what equal accents are worth
    result.score = text * accents + titles.reduce((sum, field) => {
      const share = [...new Set(field.matched_terms.map(stemOf))].reduce((total, at) => total + (rarity[at] ?? 0), 0);
      return sum + field.field_weight * share * (share / all) ** 2;
    }, 0);
  }
}

const dayOf = ({ meta }) => meta.date ?? meta.guessed ?? meta.last ?? "";

// Take the next results out of rows: in several rows each is ordered by day, and what has none comes last.
async function take(rows, order, count) {
  const taken = [];
  let left = rows.filter((row) => row.length);
  while (left.length && taken.length < count) {
    if (left.length === 1) {
      taken.push(...(await Promise.all(left[0].splice(0, count - taken.length).map((result) => result.data()))));
    } else {
      const heads = await Promise.all(left.map((row) => row[0].data()));
      const days = heads.map(dayOf), dated = days.filter(Boolean).sort();
      const next = days.indexOf((order === "new" ? dated.at(-1) : dated[0]) ?? "");
      taken.push(heads[next]);
      left[next].shift();
    }
    left = left.filter((row) => row.length);
  }
  return taken.map(item);
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
    select.replaceChildren(make("option", {}, WORDS.any), ...values.map(([value, count]) => make("option", { value }, `${value} (${count})`)));
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
    const parts = await load();
    if (panel.open) await Promise.all(parts.map((part) => part.filters()));
    const asked = query.includes('"') ? query : plainly(query); // plain words stand apart: no part of a phrase
    const order = form.elements.order.value;
    const found = await find(parts, query ? pairs(asked) : null, filters, order);
    if (mine !== turn) return;
    const items = await take(found.rows, order, PAGE);
    if (mine !== turn) return;
    results = found.rows;
    list.replaceChildren(...items);
    more.hidden = found.count <= PAGE;
    status.textContent = found.count ? counted(WORDS.found, found.count) : WORDS.nothing;
    if (panel.open) offer(query ? found.filters : found.totalFilters);
  } catch (error) {
    if (mine !== turn) return;
    engine = undefined;
    list.replaceChildren();
    more.hidden = true;
    status.textContent = WORDS.broken;
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
  const mine = turn;
  more.disabled = true; // what is taken out of the rows would be missing if it were taken twice at once
  const items = await take(results, form.elements.order.value, PAGE).finally(() => { more.disabled = false; });
  if (mine !== turn) return;
  list.append(...items);
  more.hidden = !results.some((row) => row.length);
  items[0]?.querySelector("a").focus();
});

// Before anything is asked the choices are those of the whole site.
async function choices() {
  if (field.value.trim() || Object.keys(chosen()).length) return;
  try {
    offer(sums(await Promise.all((await load()).map((part) => part.filters()))));
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
