// Loads the page again when something in the content folder was saved. Only `helpcenter preview` includes it.
const EVERY_MS = 500;
const script = document.querySelector("script[data-changes]");
const made = Number(script.dataset.number);
const place = `preview:${location.pathname}${location.search}`;

// Browsers restore the place themselves on most reloads, but not on all.
const kept = sessionStorage.getItem(place);
if (kept !== null) {
  sessionStorage.removeItem(place);
  scrollTo({ top: Number(kept), behavior: "instant" });
}

function isTyping() {
  const field = document.activeElement;
  return Boolean(field && "value" in field && field.value && field.matches("input, textarea"));
}

async function look() {
  if (document.visibilityState === "hidden" || isTyping()) return;
  let number;
  try {
    const answer = await fetch(script.dataset.changes, { cache: "no-store" });
    ({ number } = await answer.json());
  } catch {
    return; // The preview was stopped; it may start again.
  }
  if (number !== made) {
    sessionStorage.setItem(place, String(scrollY));
    location.reload();
  }
}

setInterval(look, EVERY_MS);
