// Search as you type: the ARIA combobox with a list box, manual selection, any text allowed.
// The form works without it. Hook: data-combobox on the element around the form.

const SHORTEST = 2;
const PAUSE_MS = 150;
const ANNOUNCE_MS = 700;

upgradeAll();
// The widget's panel changes its pages without a load.
addEventListener("helpcenter:content", upgradeAll);
closeMenus();

function upgradeAll() {
  for (const box of document.querySelectorAll("[data-combobox]:not([data-upgraded])")) upgrade(box);
}

function upgrade(box) {
  const input = box.querySelector("input[type=search]");
  const form = input.form;
  const words = box.dataset;
  words.upgraded = "";
  const list = document.createElement("ul");
  const live = document.createElement("p");
  let sequence = 0, active = -1, timer = 0, speaker = 0, request = null;

  list.id = `${input.id}-list`;
  list.className = "options plain";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.listLabel);
  live.className = "hidden-text";
  live.setAttribute("aria-live", "polite");
  box.append(list, live);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  // The list must not take the focus from the input.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => follow(event.target.closest("li")));

  async function ask() {
    const query = input.value.trim();
    const mine = ++sequence;
    request?.abort();
    if (query.length < SHORTEST) return close();
    request = new AbortController();
    try {
      const url = `${words.suggest}?${new URLSearchParams({ q: query, lang: words.lang })}`;
      const answer = await fetch(url, { signal: request.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      const found = await answer.json();
      // A late answer to an older question is dropped.
      if (mine === sequence && document.activeElement === input) show(query, found.suggestions);
    } catch {
      // Offline or cancelled: the form still searches.
    }
  }

  function show(query, found) {
    list.replaceChildren(...found.map((one) => one.kind === "query"
      ? option(one.title, words.often, "", one.title) : option(one.title, one.section, one.url)));
    const all = option(words.all.replace("{query}", query), "", "");
    all.classList.add("all");
    list.append(all);
    active = -1;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    clearTimeout(speaker);
    speaker = setTimeout(() => {
      live.textContent = found.length ? words.some.replace("{n}", found.length) : words.none;
    }, ANNOUNCE_MS);
  }

  function option(title, section, url, query = "") {
    const item = document.createElement("li");
    item.id = `${list.id}-${list.childElementCount}-${Math.random().toString(36).slice(2, 8)}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.url = url;
    item.dataset.query = query;
    item.append(title);
    if (section) {
      const small = document.createElement("small");
      small.textContent = section;
      item.append(small);
    }
    return item;
  }

  function onKey(event) {
    const open = !list.hidden;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && open) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "ArrowDown") {
      ask();
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      follow(list.children[active]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Escape") {
      input.value = "";
    }
  }

  function move(step) {
    const count = list.childElementCount;
    list.children[active]?.setAttribute("aria-selected", "false");
    // One place before the first is the input itself.
    active = ((active + 1 + step + count + 1) % (count + 1)) - 1;
    const now = list.children[active];
    if (!now) return input.removeAttribute("aria-activedescendant");
    now.setAttribute("aria-selected", "true");
    now.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", now.id);
  }

  function follow(item) {
    if (!item) return;
    const place = [...list.children].indexOf(item) + 1;
    // A query that helped others takes the place of the one begun.
    if (item.dataset.query) input.value = item.dataset.query;
    if (!item.dataset.url) return send(item.dataset.query ? place : 0);
    const url = new URL(item.dataset.url, location.href);
    url.searchParams.set("q", input.value.trim());
    url.searchParams.set("s", place);
    const target = box.dataset.panelArticle;
    if (target) dispatchEvent(new CustomEvent("helpcenter:go", { detail: url.href }));
    else location.assign(url);
  }

  // The place of a chosen query goes along once.
  function send(place) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "s", value: place });
    if (place) form.append(field);
    form.requestSubmit();
    field.remove();
  }

  function close() {
    sequence++;
    clearTimeout(speaker);
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
}

// The language menu is a <details>: Escape and a click elsewhere close it.
function closeMenus() {
  const menus = document.querySelectorAll("details.menu");
  addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  for (const menu of menus) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
}
