// The contact form: the questions of the kind that is chosen, and no others.
// Hooks: data-kind on the kinds, data-of-kinds on each question, data-asked-for on the field that says which were shown.

prepare();
// The widget's panel changes its pages without a load.
addEventListener("helpcenter:content", prepare);

function prepare() {
  const kinds = document.querySelectorAll("[data-kind]");
  if (!document.querySelector("[data-of-kinds]")) return;
  kinds.forEach((kind) => kind.addEventListener("change", () => show(kinds)));
  show(kinds);
}

function show(kinds) {
  const chosen = [...kinds].find((kind) => kind.checked)?.value ?? "";
  for (const question of document.querySelectorAll("[data-of-kinds]")) {
    const its = question.dataset.ofKinds.split(" ").filter(Boolean);
    question.hidden = its.length > 0 && !its.includes(chosen);
    // What is not asked is not sent either.
    question.querySelector("input, select").disabled = question.hidden;
  }
  document.querySelector("[data-asked-for]").value = chosen;
}
