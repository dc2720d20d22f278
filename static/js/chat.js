// The chat without page loads, over the API. The page's own forms keep working when this fails.
// Hook: data-chat around the log, the buttons and the composer.

const STORE = "hc-chat";
const FIRST_POLL_MS = 3000;
const SLOWEST_POLL_MS = 60000;
// Nobody looks at it: the badge may come a little later.
const UNSEEN_POLL_MS = 15000;
let identity = "";

upgradeAll();
// The widget's panel changes its pages without a load, and tells who the visitor is.
addEventListener("helpcenter:content", upgradeAll);
addEventListener("helpcenter:identify", (event) => { identity = event.detail; });

function upgradeAll() {
  for (const root of document.querySelectorAll("[data-chat]:not([data-upgraded])")) upgrade(root);
}

function report(type, value) {
  dispatchEvent(new CustomEvent("helpcenter:report", { detail: [type, value] }));
}

// Who a token speaks of, to tell two visitors of one browser apart; whether it is true, only the server knows.
function subject(token) {
  try {
    return JSON.parse(atob(token.split(".")[0].replaceAll("-", "+").replaceAll("_", "/"))).sub ?? "";
  } catch {
    return "";
  }
}

function upgrade(root) {
  const words = root.dataset;
  words.upgraded = "";
  const part = (name) => root.querySelector(`[data-${name}]`);
  const log = part("log"), choices = part("choices"), composer = part("composer");
  const tools = part("tools"), problem = part("problem"), typing = part("typing-line"), asked = part("request");
  const input = composer.querySelector("textarea"), copy = part("transcript"), survey = part("survey");
  const framed = "host" in document.body.dataset;
  const files = part("files");
  const unconfirmed = [];
  const greeting = [log, choices].map((one) => one.innerHTML);
  let held = words.conversation ? { conversation: words.conversation, token: words.token } : null;
  let last = Math.max(0, ...[...log.querySelectorAll("[data-id]")].map((one) => Number(one.dataset.id)));
  let state = words.state ?? "open", busy = false, wait = FIRST_POLL_MS, timer = 0, seen = last;

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text) send({ text }, text);
    else input.focus();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      composer.requestSubmit();
    }
  });
  choices.addEventListener("submit", press);
  tools.addEventListener("submit", (event) => {
    if (event.submitter?.name === "restart") {
      // The page leads back to the greeting by itself; the panel must not be left.
      if (framed) event.preventDefault();
      return framed ? startAnew() : drop();
    }
    press(event);
  });
  files.addEventListener("change", async ({ target }) => {
    await send({ files: [...target.files] });
    target.value = "";
    files.open = false;
  });
  addEventListener("visibilitychange", schedule);
  addEventListener("helpcenter:seen", look);
  addEventListener("helpcenter:identify", () => {
    if (held && subject(identity) !== (held.who ?? "")) startAnew();
  });
  copy?.addEventListener("submit", sendCopy);
  document.querySelector("[data-popout]")?.addEventListener("click", popOut);
  resume();

  async function press(event) {
    event.preventDefault();
    // The button goes with its question; whoever works by keyboard goes on at what is asked next.
    const byKeyboard = event.submitter.matches(":focus-visible");
    // What is still there from the search was told with the first words.
    if (input.value === input.defaultValue) input.value = "";
    await send({ choice: event.submitter.value }, event.submitter.textContent.trim());
    if (byKeyboard) (choices.querySelector("button") ?? input).focus({ preventScroll: true });
  }

  async function send(message, shown) {
    if (busy) return;
    busy = true;
    fail("");
    typing.textContent = words.typing;
    try {
      held ??= await start();
      const answer = await call(`${words.api}/${held.conversation}/${message.files ? "files" : "messages"}`, { ...message, id: newName() });
      if (message.text) input.value = "";
      report("message", { from: "visitor" });
      // Files come back as they were kept; words are shown at once.
      if (shown) {
        add({ from: "visitor", text: shown });
        unconfirmed.push(shown);
      }
      if (take(answer).length) unconfirmed.length = 0;
      store(held);
      if (message.text) input.focus({ preventScroll: true });
      reveal();
    } catch (error) {
      if (error.status === 404 && held) drop();
      fail(error.detail || words.failed);
    } finally {
      busy = false;
      typing.textContent = "";
    }
  }

  async function start() {
    const begun = await call(words.api, { lang: words.lang, page: document.body.dataset.page ?? location.pathname, query: words.query ?? "", trail: words.trail, identity: identity || undefined });
    last = Math.max(last, ...begun.messages.map((one) => one.id));
    part("restart").hidden = false;
    if (begun.identity) report("identity", begun.identity);
    return { conversation: begun.conversation, token: begun.token, who: begun.identity?.accepted ? subject(identity) : "" };
  }

  async function call(url, body) {
    const headers = { Accept: "application/json", ...(framed && { "X-Framed": "1" }) };
    if (held) headers.Authorization = `Bearer ${held.token}`;
    let sent = JSON.stringify(body);
    if (body?.files) {
      sent = new FormData();
      sent.set("id", body.id);
      body.files.forEach((file) => sent.append("files", file));
    } else if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(url, { method: body ? "POST" : "GET", headers, body: sent });
    if (answer.ok) return answer.json();
    const error = new Error(String(answer.status));
    error.status = answer.status;
    // A pause, a conversation that is full, a file that is not taken: the server says so in the visitor's language.
    if ([409, 422, 429].includes(answer.status)) error.detail = (await answer.json().catch(() => ({}))).detail;
    throw error;
  }

  function take(answer, { again = false } = {}) {
    if (!again && answer.state !== state && answer.state === "escalated") report("escalated", { reference: answer.request?.reference });
    state = answer.state;
    // For the next visit: nothing can come any more, or a person may still answer.
    report("held", state === "escalated" ? 2 : 1);
    const fresh = answer.messages.filter((one) => one.id > last);
    for (const message of fresh) {
      // Our own words are shown already; they come back once a person has taken over.
      if (message.from === "visitor" && unconfirmed[0] === message.text) unconfirmed.shift();
      else add(message);
      if (!again && message.from !== "visitor") report("message", { from: message.from });
    }
    if (fresh.length) {
      last = fresh.at(-1).id;
      offer(fresh.at(-1).choices ?? []);
    } else if (answer.messages.length === 0) {
      offer([]);
    }
    if (answer.request) showRequest(answer.request);
    askHowItWent(answer.survey);
    wait = FIRST_POLL_MS;
    if (copy) copy.hidden = false;
    showPopOut(true);
    count();
    schedule();
    return fresh;
  }

  function add(message) {
    const item = element("div", `message ${message.from}`);
    if (message.from === "visitor") item.append(element("p", "hidden-text", `${words.you}:`));
    else item.append(element("p", "who", message.from === "agent" ? words.agent : words.bot));
    const bubble = element("div", "bubble");
    bubble.dir = "auto";
    // The bot's words are made and escaped by the server; what people write is only ever text.
    if (message.from === "bot" && message.html) bubble.innerHTML = message.html;
    else bubble.textContent = message.text;
    // A card says its title itself.
    if (message.text && message.text !== message.article?.title) item.append(bubble);
    if (message.article) item.append(card(message.article));
    if (message.from === "agent") item.dataset.agent = message.id;
    log.append(item);
  }

  // The end of the conversation comes into view, but never past the beginning of the answer.
  function reveal() {
    root.scrollIntoView({ block: "end" });
    const question = [...log.querySelectorAll(".visitor")].at(-1);
    if (question?.getBoundingClientRect().top < 0) question.scrollIntoView({ block: "start" });
  }

  function card(article) {
    const link = element("a", "cardlet");
    link.href = words.panelArticle ? words.panelArticle.replace("SLUG", article.slug) : article.url;
    link.append(element("strong", "", article.title));
    if (article.excerpt) link.append(element("small", "", article.excerpt));
    return link;
  }

  function offer(list) {
    choices.querySelectorAll("button").forEach((button) => button.remove());
    // A lone "Talk to a person" stands below the line to write on already.
    if (list.length === 1 && list[0].value === "person") list = [];
    for (const choice of list) {
      const button = element("button", "button", choice.label);
      button.name = "choice";
      button.value = choice.value;
      choices.append(button);
    }
    choices.hidden = list.length === 0;
  }

  function showRequest(request) {
    const link = element("a", "", words.statusLink.replace("{reference}", request.reference));
    link.href = request.status_url;
    if (words.panelArticle) link.target = "_blank";
    link.rel = "noopener";
    asked.replaceChildren(link);
    asked.hidden = false;
  }

  // Whoever said that it is solved is asked how it went; whoever goes on after that, no longer.
  function askHowItWent(address) {
    survey.hidden = !address;
    if (address) survey.firstElementChild.href = address;
  }

  function isSeen() {
    return root.isConnected && (!framed || "open" in document.body.dataset || window.parent === window);
  }

  // What a person wrote while nobody looked is told beside the button.
  function look() {
    if (!isSeen()) return;
    count();
    schedule();
  }

  function count() {
    if (isSeen()) seen = last;
    const fresh = [...log.querySelectorAll("[data-agent]")].filter((one) => Number(one.dataset.agent) > seen);
    report("unread", fresh.length);
    if (held) store(held);
  }

  // A person may answer only once the conversation has become a request; until then nothing is asked for.
  function schedule() {
    clearTimeout(timer);
    if (!held || state !== "escalated" || document.hidden) return;
    timer = setTimeout(async () => {
      const before = last;
      try {
        if (!busy) await poll();
        wait = last > before ? FIRST_POLL_MS : Math.min(wait * 1.4, SLOWEST_POLL_MS);
      } catch {
        wait = Math.min(wait * 2, SLOWEST_POLL_MS);
      }
      schedule();
    }, isSeen() ? wait : Math.max(wait, UNSEEN_POLL_MS));
  }

  async function poll() {
    const answer = await call(`${words.api}/${held.conversation}/messages?after=${last}`);
    if (!answer.messages.length) return;
    take(answer);
    reveal();
  }

  async function resume() {
    if (held) {
      showPopOut(true);
      return schedule();
    }
    const kept = stored();
    if (!kept || (identity && subject(identity) !== (kept.who ?? ""))) return;
    try {
      held = kept;
      const answer = await call(`${words.api}/${held.conversation}/messages?after=0`);
      // In another language a new conversation begins, unless a person has to answer in the old one.
      if (kept.lang !== words.lang && answer.state !== "escalated") {
        held = null;
        return;
      }
      log.replaceChildren();
      last = 0;
      seen = kept.seen ?? 0;
      take(answer, { again: true });
      part("restart").hidden = false;
    } catch (error) {
      // A conversation that is no more; what the network does is no reason to forget it.
      if (error.status === 404) drop();
      else held = null;
    }
  }

  // Back to the greeting, as it came with the page.
  function startAnew() {
    drop();
    clearTimeout(timer);
    state = "open";
    last = seen = 0;
    asked.hidden = survey.hidden = part("restart").hidden = true;
    if (copy) copy.hidden = true;
    showPopOut(false);
    [log.innerHTML, choices.innerHTML] = greeting;
    choices.hidden = !choices.querySelector("button");
    report("unread", 0);
    input.focus({ preventScroll: true });
  }

  function showPopOut(is) {
    const button = document.querySelector("[data-popout]");
    if (button) button.hidden = !is;
  }

  // The chat in a window of its own. The token travels in the body of a form, never in an address.
  function popOut() {
    if (!held || !root.isConnected) return;
    const form = element("form"), name = "helpcenter-chat";
    form.method = "post";
    form.action = words.carryOn;
    // Where no window may be opened, a tab.
    form.target = window.open("", name, "popup,width=420,height=720") ? name : "_blank";
    for (const [key, value] of Object.entries({ conversation: held.conversation, token: held.token })) {
      const field = element("input");
      Object.assign(field, { type: "hidden", name: key, value });
      form.append(field);
    }
    root.append(form);
    form.submit();
    form.remove();
  }

  async function sendCopy(event) {
    event.preventDefault();
    const form = event.target, body = new FormData(form);
    if (held) for (const key of ["conversation", "token"]) body.set(key, held[key]);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" } });
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      const next = holder.content.querySelector("[data-transcript]");
      copy.replaceChildren(...next.childNodes);
      copy.querySelector("[role=status], [aria-invalid]")?.focus();
    } catch {
      fail(words.failed);
    }
  }

  function drop() {
    held = null;
    store(null);
    report("held", 0);
  }

  function fail(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  function stored() {
    try {
      return JSON.parse(localStorage.getItem(STORE));
    } catch {
      return null;
    }
  }

  function store(value) {
    // Storage may be forbidden, as in some frames: the chat then lives as long as the page.
    try {
      if (value) localStorage.setItem(STORE, JSON.stringify({ ...value, lang: words.lang, seen }));
      else localStorage.removeItem(STORE);
    } catch { /* see above */ }
  }
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function newName() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
