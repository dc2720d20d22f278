// The editor: toolbar, keys, and a word before leaving with unsaved changes. Hook: form[data-editor]; without this all of it works by its buttons.

const form = document.querySelector("form[data-editor]");
const text = form?.elements[form.dataset.editor || "text"];
const status = form?.querySelector("[data-status]");
const isMac = /Mac|iP/.test(navigator.platform);
let saved = form ? shape() : "";
let leaving = false;
let entered = false;

if (text) {
  const toolbar = form.querySelector("[data-toolbar]");
  if (toolbar) upgrade(toolbar);
  text.addEventListener("focus", () => { entered = true; });
  form.addEventListener("keydown", onKey);
  form.addEventListener("submit", (event) => {
    // Where the server puts a link or a picture; until the text is entered, where it put the last one.
    if (form.elements.at && entered) form.elements.at.value = text.selectionStart;
    leaving = event.submitter?.formTarget !== "preview";
  });
  document.querySelectorAll("a[data-line]").forEach((link) => link.addEventListener("click", () => show(Number(link.dataset.line))));
  addEventListener("beforeunload", (event) => { if (!leaving && shape() !== saved) event.preventDefault(); });
}

function shape() {
  return [...new FormData(form)].filter(([name, value]) => !["csrf_token", "at", "find", "lang"].includes(name) && typeof value === "string").map((pair) => pair.join("\n")).join("\0");
}

// One button of a toolbar is reached by Tab, the others by the arrows.
function upgrade(toolbar) {
  const buttons = [...toolbar.querySelectorAll("button")];
  toolbar.hidden = false;
  buttons.forEach((button, place) => {
    button.tabIndex = place ? -1 : 0;
    button.addEventListener("click", () => mark(button.dataset.mark));
  });
  toolbar.addEventListener("keydown", (event) => {
    const place = buttons.indexOf(document.activeElement);
    const back = getComputedStyle(toolbar).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] * (back === "ArrowLeft" ? 1 : -1);
    const next = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : step ? (place + step + buttons.length) % buttons.length : null;
    if (next === null) return;
    event.preventDefault();
    buttons[place].tabIndex = -1;
    buttons[next].tabIndex = 0;
    buttons[next].focus();
  });
}

function onKey(event) {
  if (!(isMac ? event.metaKey : event.ctrlKey) || event.shiftKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "s") {
    event.preventDefault();
    keep();
  } else if (event.target === text && (key === "b" || key === "k")) {
    event.preventDefault();
    mark(key === "b" ? "bold" : "link");
  }
}

// Typed in as by hand, so that undo takes it back.
function insert(words, from = text.selectionStart, to = text.selectionEnd) {
  text.focus();
  text.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, words)) text.setRangeText(words, from, to, "end");
  return from;
}

function mark(kind) {
  const { selectionStart: start, selectionEnd: end, value } = text, chosen = value.slice(start, end);
  if (kind === "bold") {
    insert(`**${chosen}**`);
    text.setSelectionRange(start + 2, start + 2 + chosen.length);
  } else if (kind === "link") {
    insert(`[${chosen}]()`);
    const place = start + (chosen ? chosen.length + 3 : 1);
    text.setSelectionRange(place, place);
  } else {
    lines(kind, start, end);
  }
}

function lines(kind, start, end) {
  const from = text.value.lastIndexOf("\n", start - 1) + 1;
  const chosen = text.value.slice(from, end).split("\n");
  const begun = { heading: "## ", list: "- ", alert: "> " }[kind];
  const made = chosen.map((line) => begun + line).join("\n");
  insert(kind === "alert" ? `> [!NOTE]\n${made}` : made, from, end);
}

function show(line) {
  const all = text.value.split("\n"), from = all.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.setSelectionRange(from, from + (all[line - 1] ?? "").length);
  // Browsers scroll to what is selected when the field is entered.
  text.blur();
  text.focus();
}

async function keep() {
  const button = form.querySelector("[data-keep]"), sent = shape();
  if (!button) return;
  let kept = false;
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form), redirect: "manual" });
    // A redirect that is not followed has no status that scripts may read.
    kept = answer.type === "opaqueredirect";
  } catch {
    // Without a connection the text stays where it is.
  }
  if (kept) saved = sent;
  status.textContent = kept ? form.dataset.kept : form.dataset.notKept;
}
