// The help center on any page: <script async src="https://help.example/widget/v1/loader.js"></script>
// docs/widget.md names every attribute, command and event.
(() => {
  const script = document.currentScript;
  const stub = window.HelpCenter;
  if (!script || stub?.ready) return;
  const SITE = {};
  const set = script.dataset;
  const home = new URL(script.src);
  const origin = home.origin;
  // Elsewhere the panel would be refused: better no launcher than an empty frame. Links stay links.
  if (location.origin !== origin && !SITE.origins.includes(location.origin)) {
    return console.warn(`${location.origin} is not in widget_origins`);
  }
  const PREFIX = "helpcenter:";
  const unsent = [];
  let host, root, launcher, dialog, frame, live, wanted = set.lang, spoken, isReady = false, opener, place;

  const make = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    made.append(...children);
    return made;
  };

  const lang = () => (wanted || document.documentElement.lang || navigator.language).toLowerCase();

  const word = () => SITE.words[lang()] || SITE.words[lang().split("-")[0]] || SITE.words[SITE.lang];

  // Storage may be forbidden; then the next page begins anew. It says only that there is a conversation, never which.
  const storage = (name) => {
    try {
      return window[name];
    } catch {
      return {};
    }
  };
  const visits = storage("localStorage"), tab = storage("sessionStorage");

  const emit = (name, detail) => document.dispatchEvent(new CustomEvent(PREFIX + name, { detail }));

  const post = (type, value) => {
    if (!isReady) return unsent.push([type, value]);
    // Only our own origin may read it.
    frame.contentWindow.postMessage({ hc: 1, t: type, p: value }, origin);
  };

  // Where the visitor is: the path and the title, never what stands behind ? or #.
  const here = () => ("private" in set ? "" : JSON.stringify([location.pathname, document.title]));

  // A path ends in its query, which may be empty.
  const load = (path) => {
    isReady = false;
    const query = new URLSearchParams({ lang: spoken = lang(), o: location.origin, at: place = here() });
    frame.src = new URL(`${path}&${query}`, home);
    if (dialog.open) post("open", 1);
  };

  // The panel is loaded at its first use, and anew in another language.
  const show = (path) => {
    if (!frame.src || spoken !== lang()) load(path || "panel?");
    else if (path) post("go", path);
  };

  const isPhone = () => matchMedia("(max-width: 480px)").matches;

  const open = (path, quiet) => {
    show(path);
    if (dialog.open) return;
    opener = root.activeElement || document.activeElement;
    if (isPhone()) dialog.showModal();
    // Without taking the focus.
    else if (quiet) dialog.open = true;
    else dialog.show();
    launcher.setAttribute("aria-expanded", true);
    badge(0);
    if (visits.helpcenter) tab.helpcenter = 1;
    if (!quiet) frame.focus();
    if (place !== here()) post("at", place = here());
    post("open", quiet);
    emit("open");
  };

  // The panel says in words how many replies are new.
  const badge = (count, said = set.label || word()) => {
    launcher.dataset.n = count > 9 ? "9+" : count || "";
    launcher.setAttribute("aria-label", said);
    live.textContent = count ? said : "";
    if (count) emit("unread", count);
  };

  const commands = {
    open: () => open(),
    close: () => dialog.close(),
    toggle: () => (dialog.open ? dialog.close() : open()),
    search: (query) => open(`panel?q=${encodeURIComponent(query)}`),
    article: (slug) => open(`panel/articles/${encodeURIComponent(slug)}?`),
    chat(text) {
      open("panel/chat?");
      if (text) post("draft", String(text));
    },
    contact(fields) {
      open("panel/contact?");
      if (fields) post("fill", { ...fields });
    },
    identify: (who) => post("identify", who?.token),
    language(code) {
      wanted = code;
      badge(0);
      if (dialog.open) show();
    },
    hide: () => launcher.hidden = true,
    show: () => launcher.hidden = false,
    on: (name, listener) => document.addEventListener(PREFIX + name, listener),
    off: (name, listener) => document.removeEventListener(PREFIX + name, listener),
  };

  const receive = ({ origin: from, source, data }) => {
    if (from !== origin || !source || source !== frame.contentWindow || data?.hc !== 1) return;
    const { t: type, p: value } = data;
    if (type === "ready") {
      isReady = true;
      // What had the focus while it was empty loses it to a page of another origin.
      if (dialog.open && root.activeElement === frame) frame.focus();
      for (const [name, given] of unsent.splice(0)) post(name, given);
    } else if (type === "close") commands.close();
    else if (type === "unread") dialog.open || badge(...value);
    else if (type === "held") {
      if (!value) delete visits.helpcenter;
      else {
        visits.helpcenter = value;
        if (dialog.open) tab.helpcenter = 1;
      }
    }
    else if (type === "event") emit(...value);
  };

  const build = () => {
    host = make("help-center");
    root = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    const accent = [set.accent, SITE.accent].find((one) => /^#[0-9a-f]{6}$/i.test(one));
    sheet.replaceSync(STYLE + (accent ? `:host{--a:${accent}!important}` : ""));
    root.adoptedStyleSheets = [sheet];
    launcher = make("button", { type: "button", "aria-expanded": false });
    launcher.hidden = "hideLauncher" in set;
    live = make("p", { role: "status" });
    frame = make("iframe", { title: word() });
    dialog = make("dialog", { "aria-label": word() }, frame);
    host.className = set.position || SITE.position;
    badge(0);
    root.append(dialog, launcher, live);
    launcher.addEventListener("click", commands.toggle);
    dialog.addEventListener("close", () => {
      // Opened again in the same breath.
      if (dialog.open) return;
      launcher.setAttribute("aria-expanded", false);
      (opener?.isConnected && opener !== document.body ? opener : launcher).focus();
      delete tab.helpcenter;
      post("closed");
      emit("close");
    });
    root.addEventListener("keydown", (event) => event.key === "Escape" && commands.close());
    addEventListener("message", receive);
    // Beside the body, not in it: it stays, and with it the panel, when an application swaps the body.
    document.documentElement.append(host);
  };

  const STYLE = `
    :host { all: initial !important; display: block !important; color-scheme: light dark; --a: #0b57d0 !important }
    :host(.start) { --s: 20px; --e: auto }
    button, dialog { position: fixed; inset-inline: var(--s, auto) var(--e, 20px); z-index: 999999999; border: 0; background: var(--a) }
    button { inset-block-end: 20px; inline-size: 56px; block-size: 56px; border-radius: 50%; forced-color-adjust: none; color: #fff; cursor: pointer; box-shadow: 0 2px 9px #0005 }
    [hidden] { display: none }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #1b1f24 }
    button:not([data-n=""])::after { content: attr(data-n); position: absolute; inset: -4px -4px auto auto; min-inline-size: 14px; padding: 3px 5px; border-radius: 12px; background: #b3261e; outline: 2px solid #fff; font: 600 13px/16px system-ui }
    button::before { content: ""; position: absolute; inset: 14px; background: #fff; clip-path: path(evenodd, "M1 3h26v17H14l-7 6v-6H1zM7 8v2h14V8zM7 13v2h9v-2z") }
    dialog { inset-block: auto 92px; inline-size: 400px; block-size: min(660px, 100dvh - 116px); margin: 0; padding: 0; border-radius: 16px; overflow: hidden; background: Canvas; box-shadow: 0 2px 32px #0006 }
    iframe { display: block; inline-size: 100%; block-size: 100%; border: 0 }
    p { position: fixed; clip-path: inset(50%) }
    @media (max-width: 480px) { dialog { inset: 0; inline-size: 100%; min-inline-size: 100%; min-block-size: 100dvh; border-radius: 0 } }
    @media print { :host { display: none !important } }`;

  const api = (command, ...values) => {
    if (Object.hasOwn(commands, command)) commands[command](...values);
  };
  api.ready = true;

  const begin = () => {
    build();
    window.HelpCenter = api;
    // A search box of the page's own: without this script it leads to our results.
    addEventListener("submit", (event) => {
      if (!event.target.matches("[data-helpcenter-search]")) return;
      event.preventDefault();
      commands.search(new FormData(event.target).get("q"));
    });
    addEventListener("click", (event) => {
      const link = event.target.closest?.("[data-help]");
      if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (link.dataset.help) commands.article(link.dataset.help);
      else open();
    });
    // A conversation goes on: an answer may have come, and the panel may have been open on the page before.
    if (tab.helpcenter && !isPhone()) open("panel/chat?", true);
    else if (visits.helpcenter > 1) load("panel/chat?");
    for (const call of stub?.q || []) api(...call);
    emit("ready");
  };
  const idle = () => (window.requestIdleCallback || setTimeout)(begin);
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
})();
