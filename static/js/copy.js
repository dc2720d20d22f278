// A button that copies a code block. Hook: .body with data-copy and data-copied, the button's words.

const body = document.querySelector(".body[data-copy]");
const live = document.createElement("p");
const SHOWN_MS = 2500;

// Browsers give the clipboard only to pages that came over HTTPS.
if (body && navigator.clipboard) {
  live.className = "hidden-text";
  live.setAttribute("role", "status");
  live.lang = document.documentElement.lang;
  body.append(live);
  body.querySelectorAll("pre").forEach(upgrade);
}

function upgrade(code) {
  const button = document.createElement("button"), box = document.createElement("div");
  button.type = "button";
  button.className = "copy";
  button.lang = document.documentElement.lang;
  button.textContent = body.dataset.copy;
  box.className = "copyable";
  code.before(box);
  box.append(code, button);
  let timer = 0;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ""));
    } catch {
      // Refused: what is selected can be copied by hand.
      getSelection().selectAllChildren(code);
      return;
    }
    button.textContent = live.textContent = body.dataset.copied;
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = body.dataset.copy;
      live.textContent = "";
    }, SHOWN_MS);
  });
}
