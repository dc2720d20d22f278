// The help center on any page: <script async src="https://help.example/widget/v1/loader.js"></script>
// Attributes: data-lang, data-position (start|end), data-accent, data-open-selector, data-hide-launcher, data-label.
(() => {
  const script = document.currentScript;
  const stub = window.HelpCenter;
  if (!script || stub?.ready) return;
  const LABELS = {};
  const set = script.dataset;
  const home = new URL(script.src);
  const lang = (set.lang || document.documentElement.lang || navigator.language || "en").toLowerCase();
  const label = LABELS[lang] || LABELS[lang.split("-")[0]] || LABELS[""];
  const listeners = {};
  const unsent = [];
  let root, launcher, dialog, frame, isReady = false, unread = 0, opener = null;

  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    made.append(...children);
    return made;
  };

  const emit = (name, detail) => {
    document.dispatchEvent(new CustomEvent(`helpcenter:${name}`, { detail }));
    for (const listener of listeners[name] || []) listener(detail);
  };

  const post = (type, value) => {
    if (!isReady) return unsent.push([type, value]);
    // Only our own origin may read it.
    frame.contentWindow.postMessage({ hc: 1, t: type, p: value }, home.origin);
  };

  const address = () => {
    const panel = new URL("panel", home);
    panel.searchParams.set("lang", lang);
    panel.searchParams.set("o", location.origin);
    return panel.href;
  };

  // Some single-page applications replace the whole body; the launcher comes back.
  class Host extends HTMLElement {
    disconnectedCallback() {
      setTimeout(() => this.isConnected || document.body.append(this));
    }
  }

  const commands = {
    open() {
      build();
      if (dialog.open) return;
      opener = root.activeElement || document.activeElement;
      if (!frame.src) frame.src = address();
      if (matchMedia("(max-width: 480px)").matches) dialog.showModal();
      else dialog.show();
      launcher.setAttribute("aria-expanded", "true");
      commands.unread(0);
      frame.focus();
      post("open");
      emit("open");
    },
    close() {
      if (!dialog?.open) return;
      dialog.close();
    },
    toggle() {
      if (dialog?.open) commands.close();
      else commands.open();
    },
    ask(text) {
      commands.open();
      post("ask", String(text || ""));
    },
    article(slug) {
      commands.open();
      post("article", String(slug));
    },
    on(name, listener) {
      (listeners[name] ||= []).push(listener);
    },
    unread(count) {
      unread = count;
      launcher.classList.toggle("has", count > 0);
      launcher.setAttribute("aria-label", count ? `${name()}, ${label.unread.replace("{n}", count)}` : name());
      if (count) emit("unread", count);
    },
  };

  const name = () => set.label || label.help;

  const closed = () => {
    launcher.setAttribute("aria-expanded", "false");
    (opener?.isConnected && opener !== document.body ? opener : launcher).focus();
    emit("close");
  };

  const receive = (event) => {
    const message = event.data;
    if (event.origin !== home.origin || event.source !== frame?.contentWindow || message?.hc !== 1) return;
    if (message.t === "ready") {
      isReady = true;
      // What had the focus while it was empty loses it to a page of another origin.
      if (dialog.open) frame.focus();
      for (const [type, value] of unsent.splice(0)) post(type, value);
    } else if (message.t === "close") commands.close();
    else if (message.t === "unread" && !dialog.open) commands.unread(Number(message.p) || 0);
  };

  const icon = () => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M4 5.5h16v11h-8.5L7 20.5v-4H4zM8 9.5h8M8 12.700h5");
    svg.append(path);
    return svg;
  };

  const build = () => {
    if (root) return;
    if (!customElements.get("help-center")) customElements.define("help-center", Host);
    const host = make("help-center");
    root = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    launcher = make("button", { type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" }, icon());
    launcher.setAttribute("aria-label", name());
    launcher.hidden = "hideLauncher" in set;
    frame = make("iframe", { title: label.title, allow: "clipboard-write" });
    dialog = make("dialog", { "aria-label": label.title }, frame);
    if (set.position === "start") launcher.className = dialog.className = "start";
    if (/^#[0-9a-f]{6}$/i.test(set.accent || "")) sheet.insertRule(`:host { --accent: ${set.accent} !important }`);
    root.append(dialog, launcher);
    launcher.addEventListener("click", commands.toggle);
    dialog.addEventListener("close", closed);
    root.addEventListener("keydown", (event) => event.key === "Escape" && commands.close());
    addEventListener("message", receive);
    document.body.append(host);
  };

  const STYLE = `
    :host { all: initial; --accent: #0b57d0; color-scheme: light dark }
    button { position: fixed; inset-block-end: calc(20px + env(safe-area-inset-bottom)); inset-inline-end: 20px; z-index: 2147483000; inline-size: 56px; block-size: 56px; border: 0; border-radius: 50%; background: var(--accent); color: #fff; cursor: pointer; box-shadow: 0 6px 24px rgb(0 0 0 / .3) }
    button[hidden] { display: none }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #1b1f24 }
    button.has::after { content: ""; position: absolute; inset-block-start: 2px; inset-inline-end: 2px; inline-size: 14px; block-size: 14px; border-radius: 50%; background: #b3261e; border: 2px solid #fff }
    svg { inline-size: 28px; block-size: 28px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
    dialog { position: fixed; inset: auto 20px 92px auto; z-index: 2147483000; inline-size: 400px; block-size: min(660px, calc(100dvh - 116px)); margin: 0; padding: 0; border: 1px solid #8884; border-radius: 16px; overflow: hidden; background: Canvas; box-shadow: 0 12px 48px rgb(0 0 0 / .3) }
    .start { inset-inline: 20px auto }
    iframe { display: block; inline-size: 100%; block-size: 100%; border: 0 }
    @media (max-width: 480px) { dialog { inset: 0; inline-size: 100%; block-size: 100dvh; max-inline-size: none; max-block-size: none; border: 0; border-radius: 0 } }
    @media print { :host { display: none } }`;

  const api = (command, ...values) => {
    if (Object.hasOwn(commands, command) && command !== "unread") commands[command](...values);
  };
  api.ready = true;

  const begin = () => {
    build();
    window.HelpCenter = api;
    for (const call of stub?.q || []) api(...call);
    addEventListener("click", (event) => {
      const link = event.target.closest?.(set.openSelector || "[data-help]");
      if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      commands.open();
    });
    emit("ready");
  };
  const idle = () => (window.requestIdleCallback || setTimeout)(begin);
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
})();
