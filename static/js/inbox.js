// The inbox: keys, a draft that keeps itself, word of new requests. Every one of them can be done by a button too.
// Hooks: data-keys (the panel with the switch), data-key on what a key reaches, data-row on the links of the list,
// data-draft on the reply (where it is kept), data-news on the switches (where to ask).

const KEYS_OFF = "helpcenter.keys-off", TOLD = "helpcenter.told", LOUD = "helpcenter.loud";
const PAUSE_MS = 2000, ASK_MS = 60000;

upgradeKeys(document.querySelector("[data-keys]"));
upgradeDraft(document.querySelector("form[data-draft]"));
upgradeNews(document.querySelector("[data-news]"));
document.querySelector("[data-focus]")?.focus();

// Single keys get in the way of people who speak to their computer: WCAG 2.1.4 asks for a switch.
function upgradeKeys(panel) {
  if (!panel) return;
  const box = panel.querySelector("input");
  panel.hidden = false;
  box.checked = !localStorage.getItem(KEYS_OFF);
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "1")));
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    const reached = { j: () => row(1), k: () => row(-1), x: tick }[event.key] ?? keyed(event.key);
    if (!reached) return;
    event.preventDefault();
    reached();
  });
}

function keyed(key) {
  const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!found) return null;
  return () => {
    if (found.matches("a")) return found.click();
    const inside = found.matches("details") ? found : found.closest("details");
    if (inside) inside.open = true;
    (found.matches("details") ? found.querySelector("summary") : found).focus();
  };
}

function row(step) {
  const rows = [...document.querySelectorAll("a[data-row]")];
  const here = rows.findIndex((link) => link.closest("tr").contains(document.activeElement));
  rows[Math.min(Math.max(here + step, 0), rows.length - 1)]?.focus();
}

function tick() {
  document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click();
}

// What was typed is kept whenever the typing pauses; the button does the same.
function upgradeDraft(form) {
  if (!form) return;
  const text = form.elements.text, said = form.querySelector("[data-kept]");
  let kept = text.value, timer = 0, sending = null;
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE_MS);
  });
  addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
  form.addEventListener("submit", () => {
    // What is sent must not come back as a draft.
    clearTimeout(timer);
    sending?.abort();
    kept = text.value;
  });

  async function keep() {
    clearTimeout(timer);
    if (text.value === kept) return;
    const now = text.value, body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, text: now, do: "draft" });
    sending?.abort();
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body, redirect: "manual", keepalive: now.length < 20000, signal: sending.signal });
      // A form is answered with the way to the next page.
      if (answer.type === "opaqueredirect") kept = now;
      said.textContent = kept === now ? said.dataset.kept : said.dataset.lost;
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = said.dataset.lost;
    }
  }
}

// Off until somebody wants it; the browser is asked for leave only then.
function upgradeNews(panel) {
  if (!panel || !("Notification" in window)) return;
  const [shown, heard] = panel.querySelectorAll("input"), said = panel.querySelector("[role=status]");
  let latest = null;
  panel.hidden = false;
  shown.checked = Notification.permission === "granted" && Boolean(localStorage.getItem(TOLD));
  heard.checked = Boolean(localStorage.getItem(LOUD));
  shown.addEventListener("change", async () => {
    if (shown.checked && (await Notification.requestPermission()) !== "granted") {
      shown.checked = false;
      said.textContent = panel.dataset.refused;
    }
    localStorage[shown.checked ? "setItem" : "removeItem"](TOLD, "1");
  });
  heard.addEventListener("change", () => {
    localStorage[heard.checked ? "setItem" : "removeItem"](LOUD, "1");
    if (heard.checked) sound();
  });
  ask();
  setInterval(ask, ASK_MS);

  async function ask() {
    if (!shown.checked && !heard.checked) return;
    const answer = await fetch(panel.dataset.news, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const before = latest;
    latest = (await answer.json()).latest;
    if (before === null || latest <= before) return;
    said.textContent = panel.dataset.said;
    // No word of a customer: it may stand on a locked screen.
    if (shown.checked) new Notification(panel.dataset.said, { tag: "helpcenter-news" }).onclick = () => focus();
    if (heard.checked) sound();
  }
}

function sound() {
  const audio = new AudioContext(), tone = audio.createOscillator(), loudness = audio.createGain();
  tone.frequency.value = 660;
  loudness.gain.setValueAtTime(0.1, audio.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
  tone.connect(loudness).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
  tone.onended = () => audio.close();
}
