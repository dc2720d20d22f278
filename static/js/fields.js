// The contact form: the questions of the kind that is chosen, and no others.
// Hooks: data-kind on the kinds, data-of-kinds on each question, data-asked-for on the field that says which were shown.

const kinds = document.querySelectorAll("[data-kind]");

function show() {
  const chosen = [...kinds].find((kind) => kind.checked)?.value ?? "";
  for (const question of document.querySelectorAll("[data-of-kinds]")) {
    const its = question.dataset.ofKinds.split(" ").filter(Boolean);
    question.hidden = its.length > 0 && !its.includes(chosen);
    // What is not asked is not sent either.
    question.querySelector("input, select").disabled = question.hidden;
  }
  document.querySelector("[data-asked-for]").value = chosen;
}

kinds.forEach((kind) => kind.addEventListener("change", show));
show();
