// Keeps a page that `site-gen serve` shows up to date. Part of no built site.
(() => {
  "use strict";
  const script = document.currentScript;
  const page = JSON.parse(script.dataset.siteGen);
  const SCROLL = "site-gen-scroll", DISMISSED = "site-gen-dismissed";

  // --- what outlives a reload, in this tab only ---------------------------------------------------

  function keep(name, value) {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch { /* storage is off: the page starts at its top */ }
  }

  function kept(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  }

  function reload() {
    keep(SCROLL, {at: location.href, x: scrollX, y: scrollY});
    location.reload();
    return new Promise(() => {}); // nothing is to be done on a page that goes
  }

  function scrollBack() {
    const place = kept(SCROLL);
    keep(SCROLL, null);
    if (!place || place.at !== location.href) return;
    let moved = false;
    const back = () => moved || scrollTo({left: place.x, top: place.y, behavior: "instant"});
    for (const input of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      addEventListener(input, () => { moved = true; }, {once: true, passive: true});
    }
    back();
    // Once more when all is there: pictures have their heights, and browsers have gone to the #fragment.
    addEventListener("load", () => setTimeout(back), {once: true});
  }

  // --- is this page another one now? ---------------------------------------------------------------

  let known = page.build; // the build that this page was compared with
  let wanted = known; // the newest build that may have changed it
  let busy = false;
  let changed = new Set(); // paths that changed since then

  function plain(url) {
    const path = new URL(url, location.href).pathname;
    try {
      return decodeURI(path).replace(/\/index\.html$/, "/");
    } catch {
      return path;
    }
  }

  const own = plain(location.href);

  // What the page is made of, besides itself: it is fetched too, when it is compared.
  function used() {
    return performance.getEntriesByType("resource").map((entry) => plain(entry.name)).filter((path) => path !== own);
  }

  function concerns(paths) {
    return [own, `${own}/`, plain(page.url), ...used()].some((path) => paths.has(path));
  }

  function hear(message) {
    show(message.problems, message.more);
    if (message.build === known && wanted === known) return;
    const paths = new Set((message.urls || []).map(plain));
    for (const path of paths) changed.add(path);
    if (message.urls && wanted === known && !concerns(paths)) {
      known = wanted = message.build;
      changed.clear();
      return;
    }
    wanted = message.build;
    compare();
  }

  async function compare() {
    if (busy) return;
    busy = true;
    let paths = changed;
    try {
      while (known !== wanted) {
        const build = wanted;
        paths = changed;
        changed = new Set();
        const answer = await fetch(location.href, {method: "HEAD", cache: "no-store"});
        const [digest, ...styles] = (answer.headers.get("site-gen-page") || "").split(" ");
        const others = used().some((path) => paths.has(path) && !path.endsWith(".css"));
        if (digest !== page.page || others || !restyle(styles, paths)) await reload();
        known = build;
      }
    } catch { // the server went away; when it is back it says its build, which is another one
      for (const path of paths) changed.add(path);
    } finally {
      busy = false;
    }
  }

  // Gives the page its new stylesheets; the old ones stay until the new ones are there, so nothing flickers.
  function restyle(styles, paths) {
    const links = [...document.querySelectorAll('link[rel~="stylesheet" i][href]')]
      .filter((link) => !("siteGenOld" in link.dataset));
    if (links.length !== styles.length) return false;
    links.forEach((link, nth) => {
      const to = new URL(styles[nth], location.href);
      const same = to.pathname === new URL(link.href).pathname;
      if (same && !paths.has(plain(to.href))) return;
      if (same) to.searchParams.set("site-gen", wanted); // the same name with other bytes
      const fresh = link.cloneNode();
      fresh.href = to.href;
      fresh.onload = fresh.onerror = () => link.remove();
      link.dataset.siteGenOld = "";
      link.after(fresh);
    });
    return true;
  }

  // --- complaints ----------------------------------------------------------------------------------

  let host = null;
  let shown = "[]";

  function element(name, text, className) {
    const made = document.createElement(name);
    made.textContent = text; // text, never HTML: a complaint quotes what it complains about
    if (className) made.className = className;
    made.dir = "auto";
    return made;
  }

  function show(problems, more) {
    const all = JSON.stringify(problems);
    if (all === shown) return;
    shown = all;
    hide();
    if (!problems.length) keep(DISMISSED, null); // what comes back after it was mended is news
    if (!problems.length || kept(DISMISSED) === all) return;
    host = document.createElement("site-gen-complaints");
    const root = host.attachShadow({mode: "open"});
    const sheet = new CSSStyleSheet(); // made by script, so that the page's policy on styles stays as it is
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const box = element("section", "");
    box.setAttribute("role", "alert");
    const close = element("button", "Close (Esc)");
    close.addEventListener("click", dismiss);
    const list = element("ul", "");
    for (const {where, what, mend} of problems) {
      const item = element("li", "");
      item.append(element("code", where), element("p", what));
      if (mend) item.append(element("p", mend, "mend"));
      list.append(item);
    }
    const count = problems.length + more;
    const rest = more ? [element("p", `… and ${more} more in the terminal`)] : [];
    box.append(close, element("h2", count === 1 ? "Something is wrong" : `${count} things are wrong`), list, ...rest);
    document.documentElement.append(host);
    root.append(box);
  }

  function hide() {
    if (host) host.remove();
    host = null;
  }

  function dismiss() {
    keep(DISMISSED, shown);
    hide();
  }

  const STYLE = `
    :host { all: initial; color-scheme: light dark; }
    section { position: fixed; inset: auto 0 0 0; z-index: 2147483647; max-height: 60vh; overflow: auto;
      box-sizing: border-box; padding: 1rem 1.25rem; font: 15px/1.45 system-ui, sans-serif;
      color: #1d1010; background: #fff4f2; border-top: 4px solid #b3261e; overflow-wrap: anywhere; }
    h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
    ul { list-style: none; margin: 0; padding: 0; }
    li { margin: 0 0 .75rem; }
    p { margin: .1rem 0; }
    code { font: 13px/1.45 ui-monospace, monospace; color: #8c1d18; }
    .mend { color: #5a4a48; }
    button { float: inline-end; font: inherit; color: inherit; background: none; border: 1px solid; border-radius: 4px;
      padding: .15rem .6rem; cursor: pointer; }
    button:focus-visible { outline: 3px solid; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) {
      section { color: #f6e7e5; background: #2a1614; border-color: #f2b8b5; }
      code { color: #f2b8b5; } .mend { color: #cdb9b6; }
    }
    @media print { section { display: none; } }`;

  // --- the line to the server ----------------------------------------------------------------------

  let source = null;

  function connect() {
    if (source || document.visibilityState === "hidden") return;
    source = new EventSource(page.events);
    source.onmessage = (event) => hear(JSON.parse(event.data));
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) { // refused, not lost: browsers do not try again
        disconnect();
        setTimeout(connect, 2000);
      }
    };
  }

  function disconnect() {
    if (source) source.close();
    source = null;
  }

  // A browser opens six connections to a server at most: a tab that nobody sees gives its own back, and
  // hears what it missed when it is shown.
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  addEventListener("keydown", (event) => { if (event.key === "Escape" && host) dismiss(); });
  scrollBack();
  connect();
})();
