// The queue by keys: J and K go down and up, X chooses. Everything else is a link, a button or a box already.

const queue = document.querySelector("[data-queue]");

if (queue) document.addEventListener("keydown", press);

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const key = event.key.toLowerCase();
  const here = document.activeElement?.closest(".queue-row");
  if (key === "x" && here) {
    event.preventDefault();
    here.querySelector("input[type=checkbox]")?.click();
  } else if (key === "j" || key === "k") {
    event.preventDefault();
    step(here, key === "j" ? 1 : -1);
  }
}

function step(here, by) {
  const rows = [...queue.children];
  const row = rows[Math.max(0, Math.min(rows.length - 1, here ? rows.indexOf(here) + by : 0))];
  row.tabIndex = -1;
  row.focus();
}
