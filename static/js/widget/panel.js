// The panel's side of the widget: pages change without a load, so that the chat lives on while an article is read, and what
// the host says is believed only from the window that frames us and the origin that the server allowed.

const body = document.body, set = body.dataset;
const framed = window.parent !== window;
const back = document.querySelector("[data-back]"), live = document.querySelector("[data-live]");
const MOST_BACK = 20;
const earlier = [];
let shown = { main: document.querySelector(".panel-main"), title: document.title, view: set.view, home: back.hidden, url: location.href };
let chat = shown.view === "chat" ? shown : null;
let asked = 0, fields = null, draft = "", place = "", loaded = 0;

function tell(type, value) {
  if (framed && set.host) window.parent.postMessage({ hc: 1, t: type, p: value }, set.host);
}

addEventListener("message", ({ source, origin, data }) => {
  if (!framed || source !== window.parent || origin !== set.host || data?.hc !== 1) return;
  const { t: type, p: value } = data;
  if (type === "open") opened(value);
  else if (type === "closed") delete set.open;
  else if (type === "go" && typeof value === "string") goInside(value);
  else if (type === "draft" && typeof value === "string") write(value.slice(0, 2000));
  else if (type === "fill" && value && typeof value === "object") fill(value);
  else if (type === "at" && typeof value === "string") moved(value);
  else if (type === "identify") dispatchEvent(new CustomEvent("helpcenter:identify", { detail: typeof value === "string" ? value.slice(0, 4000) : "" }));
});

function opened(quietly) {
  set.open = "";
  dispatchEvent(new Event("helpcenter:seen"));
  if (!quietly) focusFirst();
}

// Only pages of the panel, whatever the host asks for.
function goInside(path) {
  const to = new URL(path, location.origin + "/widget/v1/");
  if (to.origin !== location.origin || !/^\/widget\/v1\/panel(\/[^/]+){0,2}$/.test(to.pathname)) return;
  for (const name of ["lang", "o"]) to.searchParams.set(name, new URL(set.panelChat, location).searchParams.get(name) ?? "");
  if (place) to.searchParams.set("at", place);
  go(to.href);
}

// The host went to another of its pages: what is suggested follows, when nothing else is on screen.
function moved(at) {
  place = at.slice(0, 700);
  try {
    set.page = String(JSON.parse(place)[0]).slice(0, 500);
  } catch {
    return;
  }
  if (shown.home) goInside("panel");
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) tell("close");
});
document.querySelector("[data-close]").addEventListener("click", () => tell("close"));
back.addEventListener("click", (event) => {
  if (!earlier.length) return;
  event.preventDefault();
  event.stopPropagation();
  const last = earlier.pop();
  put(last);
  shown.main.scrollTop = last.scroll;
  (last.focus?.isConnected ? last.focus : heading()).focus({ preventScroll: true });
});

// Links within the panel and to articles are read here; everything else opens beside the page, never inside it.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || "full" in link.dataset) return;
  const to = new URL(link.href);
  const ours = to.origin === location.origin;
  if (ours && to.hash && document.getElementById(decodeURIComponent(to.hash.slice(1))) && !link.closest("nav")) return toPart(event, to.hash);
  const inside = ours && panelAddress(to);
  if (inside) {
    event.preventDefault();
    go(inside);
  } else {
    link.target = "_blank";
    link.rel = "noopener";
  }
});

function toPart(event, hash) {
  const part = document.getElementById(decodeURIComponent(hash.slice(1)));
  event.preventDefault();
  part.scrollIntoView();
  part.focus({ preventScroll: true });
}

// Where a page of the site is in the panel; nothing for those that are not.
function panelAddress(to) {
  if (to.pathname.startsWith("/widget/v1/panel")) return to.href;
  const [, page, slug] = to.pathname.match(/^\/[\w-]+\/(articles|chat|contact)(?:\/([^/]+))?$/u) ?? [];
  const template = { articles: slug && set.panelArticle.replace("SLUG", slug), chat: set.panelChat, contact: set.panelContact }[page];
  if (!template) return null;
  const inside = new URL(template, location);
  for (const name of ["q", "n", "s", "subject"]) if (to.searchParams.has(name)) inside.searchParams.set(name, to.searchParams.get(name));
  return inside.href;
}

addEventListener("helpcenter:go", (event) => go(panelAddress(new URL(event.detail, location)) ?? event.detail));

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.closest("[data-vote]")) {
    event.preventDefault();
    return vote(form, event.submitter);
  }
  const to = new URL(form.action);
  if (!to.pathname.startsWith("/widget/")) return;
  event.preventDefault();
  const given = new FormData(form, event.submitter);
  if (form.method === "post") return go(to.href, given);
  for (const [name, value] of given) to.searchParams.set(name, value);
  go(to.href);
});

async function vote(form, button) {
  const box = form.closest("[data-vote]"), helpful = (button?.value || form.elements.helpful?.value) === "yes";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, button), headers: { "X-Fragment": "1", "X-Framed": "1" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const thanks = parsed(await answer.text()).querySelector("[data-vote]");
    box.replaceWith(thanks);
    thanks.focus({ preventScroll: true });
    tell("event", ["vote", { article: slugShown(), helpful }]);
  } catch {
    live.textContent = set.failed;
  }
}

async function go(address, given) {
  const mine = ++asked;
  if (!given && chat && isChat(address)) return put(chat, true);
  shown.main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method: given ? "POST" : "GET", body: given, headers: { "X-Framed": "1" } });
    const page = parsed(await answer.text()), main = page.querySelector(".panel-main");
    if (!main) throw new Error(String(answer.status));
    // A later click wins.
    if (mine !== asked) return;
    const home = page.querySelector("[data-back]").hidden;
    const next = { main: document.adoptNode(main), title: page.title, view: page.body.dataset.view, home, url: answer.url };
    takeAlong(page);
    if (next.view === "chat") chat = next;
    put(next, !given && !(shown.home && home));
    for (const script of page.querySelectorAll("head script[src]")) run(script.src);
  } catch {
    live.textContent = "";
    live.textContent = set.failed;
  } finally {
    shown.main.removeAttribute("aria-busy");
  }
}

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function isChat(address) {
  return new URL(address, location).pathname === new URL(set.panelChat, location).pathname;
}

// The icons that the next page has and this one lacks.
function takeAlong(page) {
  for (const symbol of page.querySelectorAll("[data-icons] symbol")) {
    if (!document.getElementById(symbol.id)) document.querySelector("[data-icons]").append(document.adoptNode(symbol));
  }
}

// What only some articles need looks for its elements when it starts, so it starts anew for each.
function run(address) {
  const script = document.createElement("script");
  if (address.endsWith("/panel.js")) return;
  script.type = "module";
  script.src = `${address}?${++loaded}`;
  document.head.append(script);
}

// Bring a page onto the screen; the one before is kept as it is, for the way back.
function put(next, remember) {
  if (next === shown) return focusFirst();
  if (remember) {
    earlier.push(Object.assign(shown, { scroll: shown.main.scrollTop, focus: document.activeElement }));
    if (earlier.length > MOST_BACK) earlier.shift();
  }
  shown.main.replaceWith(next.main);
  shown = next;
  document.title = next.title;
  set.view = next.view;
  back.hidden = !earlier.length && next.home;
  dispatchEvent(new Event("helpcenter:content"));
  arrived();
  if (remember !== undefined || next.view === "contact" || next.view === "sent") focusFirst();
}

function arrived() {
  document.querySelectorAll("[data-tab]").forEach((tab) => {
    if (tab.dataset.tab === shown.view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  });
  if (shown.view === "article") tell("event", ["article", { slug: slugShown(), title: document.querySelector("h1").textContent }]);
  if (shown.view === "contact" && fields) fill(fields);
  if (shown.view === "chat") {
    if (draft) write(draft);
    dispatchEvent(new Event("helpcenter:seen"));
  }
}

function slugShown() {
  return document.querySelector("[data-slug]")?.dataset.slug ?? "";
}

// What the host has written for the visitor; the visitor sends it, or not.
function write(text) {
  const input = shown.view === "chat" && document.getElementById("chat-text");
  draft = input ? "" : text;
  if (input) input.value = text;
}

function fill(given) {
  fields = shown.view === "contact" ? null : given;
  if (fields) return;
  for (const name of ["subject", "body", "email", "name"]) {
    const field = document.getElementById(name);
    if (field && !field.value && typeof given[name] === "string") field.value = given[name].slice(0, field.maxLength > 0 ? field.maxLength : 320);
  }
  const kind = document.getElementById(`kind-${given.kind}`);
  if (kind) kind.checked = true;
}

function heading() {
  const first = shown.main.querySelector("[data-first]") ?? shown.main.querySelector("h1");
  first.tabIndex = -1;
  return first;
}

// A finger that opens the panel does not ask for the keyboard yet.
function focusFirst() {
  const field = matchMedia("(hover: hover)").matches && /^(home|chat)$/.test(shown.view)
    && shown.main.querySelector("textarea, input[type=search]");
  (field || heading()).focus({ preventScroll: true });
}

// What the chat says of itself.
addEventListener("helpcenter:report", ({ detail: [type, value] }) => {
  if (type === "unread") {
    const count = document.querySelector("[data-count]"), said = set.unread.replace("{n}", value);
    count.hidden = !value;
    count.textContent = value || "";
    count.title = value ? said : "";
    tell("unread", [value, value ? `${set.help}, ${said}` : undefined]);
  } else if (type === "held") tell("held", value);
  else tell("event", [type, value]);
});

if (!framed) document.querySelector("[data-close]").remove();
arrived();
tell("ready");
