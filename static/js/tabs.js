// Tabs of an article, by the ARIA pattern with automatic activation. Without this they are sections under headings.
// Choosing a label chooses it in every group of the page that has it; nothing is stored. Hook: .body .tabs

let made = 0;
const groups = [...document.querySelectorAll(".body .tabs")].map(upgrade).filter(Boolean);
addEventListener("hashchange", reveal);
reveal();

function upgrade(root) {
  const panels = [...root.children].filter((one) => one.matches("section.tab") && /^H[2-6]$/.test(one.firstElementChild?.tagName));
  if (!panels.length) return null;
  const list = document.createElement("div");
  list.className = "tab-list";
  list.setAttribute("role", "tablist");
  const tabs = panels.map((panel, index) => {
    const heading = panel.firstElementChild, tab = document.createElement("button");
    tab.type = "button";
    tab.textContent = heading.textContent;
    tab.id = `hc-tab-${++made}`;
    panel.id = `hc-panel-${made}`;
    for (const [name, value] of [["role", "tab"], ["aria-controls", panel.id]]) tab.setAttribute(name, value);
    for (const [name, value] of [["role", "tabpanel"], ["aria-labelledby", tab.id], ["tabindex", "0"]]) panel.setAttribute(name, value);
    tab.addEventListener("click", () => chooseEverywhere(tab));
    tab.addEventListener("keydown", (event) => move(event, index));
    list.append(tab);
    return tab;
  });
  const group = { tabs, panels, choose };
  panels[0].before(list);
  root.classList.add("ready");
  choose(0);
  return group;

  function choose(chosen) {
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      panels[index].classList.toggle("chosen", index === chosen);
    });
  }

  function move(event, index) {
    const step = getComputedStyle(list).direction === "rtl" ? -1 : 1;
    const to = { ArrowRight: index + step, ArrowLeft: index - step, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    tab.focus();
    chooseEverywhere(tab);
  }
}

// What was pressed stays where it is, whatever the groups above it do.
function chooseEverywhere(pressed) {
  const before = pressed.getBoundingClientRect().top;
  for (const { tabs, choose } of groups) {
    const same = tabs.includes(pressed) ? tabs.indexOf(pressed) : tabs.findIndex((tab) => tab.textContent === pressed.textContent);
    if (same >= 0) choose(same);
  }
  scrollBy(0, pressed.getBoundingClientRect().top - before);
}

// A link to something inside a tab opens that tab, and those around it.
function reveal() {
  let id;
  try {
    id = decodeURIComponent(location.hash.slice(1));
  } catch {
    return;
  }
  const target = id && document.getElementById(id);
  if (!target) return;
  const around = groups.filter(({ panels }) => panels.some((panel) => panel.contains(target)));
  for (const { panels, choose } of around) choose(panels.findIndex((panel) => panel.contains(target)));
  if (around.length) target.scrollIntoView();
}
