// Keeps a page that `site-gen serve` shows up to date. Part of no built site.
(() => {
  "use strict";
  const script = document.currentScript;
  const page = JSON.parse(script.dataset.siteGen);
  const SCROLL = "site-gen-scroll", DISMISSED = "site-gen-dismissed";

  // --- what outlives a reload, in this tab only ---------------------------------------------------

  function store(name, value) {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch { /* storage is off: the page starts at its top */ }
  }

  function stored(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  }

  function reload() {
    store(SCROLL, {at: location.href, x: scrollX, y: scrollY});
    location.reload();
    return new Promise(() => {}); // nothing is to be done on a page that goes
  }

  function scrollBack() {
    const position = stored(SCROLL);
    store(SCROLL, null);
    if (!position || position.at !== location.href) return;
    let hasMoved = false;
    const restore = () => hasMoved || scrollTo({left: position.x, top: position.y, behavior: "instant"});
    for (const input of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      addEventListener(input, () => { hasMoved = true; }, {once: true, passive: true});
    }
    restore();
    // Once more when all is there: pictures have their heights, and browsers have gone to the #fragment.
    addEventListener("load", () => setTimeout(restore), {once: true});
  }

  // --- is this page another one now? ---------------------------------------------------------------

  let comparedBuild = page.build; // the build that this page was compared with
  let newestBuild = comparedBuild; // the newest build that may have changed it
  let isComparing = false;
  let changedPaths = new Set(); // paths that changed since then

  function plainPath(url) {
    const path = new URL(url, location.href).pathname;
    try {
      return decodeURI(path).replace(/\/index\.html$/, "/");
    } catch {
      return path;
    }
  }

  const ownPath = plainPath(location.href);

  // What the page is made of, besides itself: it is fetched too, when it is compared.
  function resourcePaths() {
    const paths = performance.getEntriesByType("resource").map((entry) => plainPath(entry.name));
    return paths.filter((path) => path !== ownPath);
  }

  function concernsPage(paths) {
    return [ownPath, `${ownPath}/`, plainPath(page.url), ...resourcePaths()].some((path) => paths.has(path));
  }

  function handleMessage(message) {
    showProblems(message.problems, message.more, message.is_wrong);
    if (message.build === comparedBuild && newestBuild === comparedBuild) return;
    const paths = new Set((message.urls || []).map(plainPath));
    for (const path of paths) changedPaths.add(path);
    if (message.urls && newestBuild === comparedBuild && !concernsPage(paths)) {
      comparedBuild = newestBuild = message.build;
      changedPaths.clear();
      return;
    }
    newestBuild = message.build;
    compare();
  }

  async function compare() {
    if (isComparing) return;
    isComparing = true;
    let paths = changedPaths;
    try {
      while (comparedBuild !== newestBuild) {
        const build = newestBuild;
        paths = changedPaths;
        changedPaths = new Set();
        const answer = await fetch(location.href, {method: "HEAD", cache: "no-store"});
        const [digest, ...styles] = (answer.headers.get("site-gen-page") || "").split(" ");
        const hasChangedResources = resourcePaths().some((path) => paths.has(path) && !path.endsWith(".css"));
        if (digest !== page.page || hasChangedResources || !restyle(styles, paths)) await reload();
        comparedBuild = build;
      }
    } catch { // the server went away; when it is back it says its build, which is another one
      for (const path of paths) changedPaths.add(path);
    } finally {
      isComparing = false;
    }
  }

  // Gives the page its new stylesheets; the old ones stay until the new ones are there, so nothing flickers.
  function restyle(styles, paths) {
    const links = [...document.querySelectorAll('link[rel~="stylesheet" i][href]')]
      .filter((link) => !("siteGenOld" in link.dataset));
    if (links.length !== styles.length) return false;
    links.forEach((link, nth) => {
      const address = new URL(styles[nth], location.href);
      const isSameName = address.pathname === new URL(link.href).pathname;
      if (isSameName && !paths.has(plainPath(address.href))) return;
      if (isSameName) address.searchParams.set("site-gen", newestBuild); // the same name with other bytes
      const replacement = link.cloneNode();
      replacement.href = address.href;
      replacement.onload = replacement.onerror = () => link.remove();
      link.dataset.siteGenOld = "";
      link.after(replacement);
    });
    return true;
  }

  // --- complaints ----------------------------------------------------------------------------------

  let host = null;
  let shownProblems = "[]";

  function element(name, text, className) {
    const node = document.createElement(name);
    node.textContent = text; // text, never HTML: a complaint quotes what it complains about
    if (className) node.className = className;
    node.dir = "auto";
    return node;
  }

  function showProblems(problems, more, isWrong) {
    const serialized = JSON.stringify(problems);
    if (serialized === shownProblems) return;
    shownProblems = serialized;
    hideProblems();
    if (!problems.length) store(DISMISSED, null); // what comes back after it was mended is news
    if (!problems.length || stored(DISMISSED) === serialized) return;
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
    const remainder = more ? [element("p", `… and ${more} more in the terminal`)] : [];
    const complaint = count === 1 ? "Something is wrong" : `${count} things are wrong`;
    box.append(close, element("h2", isWrong ? complaint : "Next step"), list, ...remainder);
    document.documentElement.append(host);
    root.append(box);
  }

  function hideProblems() {
    if (host) host.remove();
    host = null;
  }

  function dismiss() {
    store(DISMISSED, shownProblems);
    hideProblems();
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
    source.onmessage = (event) => handleMessage(JSON.parse(event.data));
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
