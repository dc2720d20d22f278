// The survey: after a mistake the summary of what is missing gets the focus, as a screen reader expects.
// Hook: data-focus on the summary.
document.querySelector("[data-focus]")?.focus();
