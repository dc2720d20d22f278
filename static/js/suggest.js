// The contact form: articles that may answer are offered while the subject is typed, and an error summary gets the focus.
// Hooks: data-suggest on the subject, data-suggestions on the list's section, data-focus on the summary.

const PAUSE_MS = 300;
const SHORTEST = 4;
const MOST = 3;

prepare();
// The widget's panel changes its pages without a load.
addEventListener("helpcenter:content", prepare);

function prepare() {
  document.querySelector("[data-focus]")?.focus();
  const form = document.querySelector("[data-suggest-form]:not([data-upgraded])");
  if (!form) return;
  form.dataset.upgraded = "";
  // One press, one request: the hidden name of the form guards the server, this guards the eyes.
  form.addEventListener("submit", () => {
    const button = form.querySelector("[data-send]");
    setTimeout(() => { button.disabled = true; });
    addEventListener("pageshow", () => { button.disabled = false; });
  });
  const subject = form.querySelector("input[data-suggest]");
  if (subject) suggest(subject, form.querySelector("[data-suggestions]"));
}

function suggest(subject, section) {
  let timer = 0, sequence = 0;

  subject.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, PAUSE_MS);
  });

  async function offer() {
    const query = subject.value.trim();
    const mine = ++sequence;
    if (query.length < SHORTEST) return show([]);
    try {
      const url = subject.dataset.suggest.replace("/suggest", "/search");
      const answer = await fetch(`${url}?${new URLSearchParams({ q: query, lang: subject.dataset.lang, limit: MOST, typing: 1 })}`);
      const found = answer.ok ? await answer.json() : { hits: [] };
      if (mine === sequence) show(found.hits, query);
    } catch {
      // Suggestions are a courtesy; the form does not need them.
    }
  }

  function show(hits, query) {
    section.hidden = hits.length === 0;
    section.querySelector("ul").replaceChildren(...hits.map((hit) => {
      const link = document.createElement("a");
      const address = new URL(hit.url, location.href);
      address.searchParams.set("q", query);
      link.href = address;
      // What is typed stays in this tab.
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = hit.title;
      link.addEventListener("click", () => remember("taken", hit.slug));
      const button = section.querySelector("[data-answered]").content.firstElementChild.cloneNode(true);
      button.value = hit.slug;
      button.querySelector("span").textContent = `: ${hit.title}`;
      remember("offered", hit.slug);
      const item = document.createElement("li");
      item.append(link, " ", button);
      return item;
    }));
  }
}

// What was offered and opened goes with the request, so that nobody offers it again.
function remember(name, slug) {
  const field = document.querySelector(`[data-${name}]`);
  if (field) field.value = [...new Set([...field.value.split(" ").filter(Boolean), slug])].slice(-6).join(" ");
}
