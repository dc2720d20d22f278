// Votes without leaving the page: the form is sent as it is, and the answer is the same box that the page would show.
// Hook: data-vote on the section around the forms.

// The way that led here stays in the page, so that whoever passes the address on does not pass that on.
const address = new URL(location.href);
if (address.searchParams.has("trail")) {
  address.searchParams.delete("trail");
  history.replaceState(history.state, "", address);
}

addEventListener("submit", async (event) => {
  const box = event.target.closest?.("[data-vote]");
  if (!box) return;
  event.preventDefault();
  const form = event.target;
  const body = new FormData(form, event.submitter);
  body.set("read", Math.floor(performance.now() / 1000));
  const buttons = [...box.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const thanks = holder.content.querySelector("[data-vote]");
    box.replaceWith(thanks);
    // Who votes by keyboard stays where the box was, and hears what came.
    thanks.focus({ preventScroll: true });
  } catch {
    for (const button of buttons) button.disabled = false;
    const failed = box.querySelector("[data-failure]") ?? box.appendChild(document.createElement("p"));
    failed.dataset.failure = "";
    failed.setAttribute("role", "alert");
    failed.textContent = box.dataset.failed;
  }
});
