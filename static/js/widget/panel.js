// The panel's side of the widget: it answers only the window that frames it, and only the origin the server allowed.

const host = document.body.dataset.host;
const article = document.body.dataset.panelArticle;
const chat = document.body.dataset.panelChat;
const framed = window.parent !== window;

function tell(type, value) {
  if (framed && host) window.parent.postMessage({ hc: 1, t: type, p: value }, host);
}

addEventListener("message", (event) => {
  const message = event.data;
  if (event.source !== window.parent || event.origin !== host || message?.hc !== 1) return;
  if (message.t === "open") focusFirst();
  else if (message.t === "ask" && typeof message.p === "string") go(`${chat}&q=${encodeURIComponent(message.p.slice(0, 200))}`);
  else if (message.t === "article" && /^[\w-]{1,80}$/u.test(message.p)) go(article.replace("SLUG", message.p));
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) tell("close");
});

document.querySelector("[data-close]")?.addEventListener("click", () => tell("close"));

// Links to other articles are read here; everything else opens beside the page, never inside it.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || link.hash && link.pathname === location.pathname) return;
  const address = new URL(link.href);
  if (address.origin === location.origin && address.pathname.startsWith("/widget/")) return;
  if ("full" in link.dataset) return;
  const slug = address.origin === location.origin && address.pathname.match(/^\/[\w-]+\/articles\/([^/]+)$/u);
  if (slug) {
    event.preventDefault();
    go(article.replace("SLUG", slug[1]));
  } else {
    link.target = "_blank";
    link.rel = "noopener";
  }
});

function go(address) {
  location.assign(address);
}

function focusFirst() {
  document.querySelector("textarea, input[type=search]")?.focus();
}

if (!framed) document.querySelector("[data-close]")?.remove();
tell("ready");
