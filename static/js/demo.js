// The demo page of the widget: buttons that give it commands, and a log of its events. Hooks: data-ready, data-call, data-events.

const EVENTS = ["ready", "open", "close", "unread", "article", "vote", "message", "escalated", "identity"];
const MOST_LINES = 100;
const log = document.querySelector("[data-events]"), controls = document.querySelector("[data-ready]");

for (const name of EVENTS) document.addEventListener(`helpcenter:${name}`, ({ detail }) => note(name, detail));

controls.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-call]");
  if (button) window.HelpCenter(...JSON.parse(button.dataset.call));
});

function note(name, detail) {
  // Without the widget there is nothing that a button could do.
  controls.hidden = false;
  const line = document.createElement("p");
  line.textContent = detail == null ? name : `${name} ${JSON.stringify(detail)}`;
  log.append(line);
  if (log.childElementCount > MOST_LINES) log.firstElementChild.remove();
  log.scrollTop = log.scrollHeight;
}
