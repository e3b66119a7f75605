// Votes without a reload. The server answers with the same vote block that the page was made with, or, for one idea
// at a time, with the page of the next idea.

const FRAGMENT = "text/vnd.deliberation.fragment+html";
const PATIENCE = 15_000;
const KEYS = { a: "agree", d: "disagree", p: "pass" };
const live = document.getElementById("live");

export function watchVotes() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const isOurs = form.matches("[data-vote-form]") || event.submitter?.matches("[data-undo]");
    if (!isOurs || form.method !== "post" || "plain" in form.dataset) return;
    event.preventDefault();
    if (form.ariaBusy !== "true") cast(form, event.submitter);
  });
  document.addEventListener("keydown", pressByKey);
  if (document.activeElement === document.body) takeCard();
}

/* A letter votes only on the idea that holds the focus, so that no stray key and no spoken word casts a vote. */
function pressByKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const idea = document.activeElement?.closest("[data-vote-block], article:has([data-vote-block])");
  if (!idea) return;
  const key = event.key.toLowerCase();
  const undo = idea.querySelector("[data-undo]") ?? (isCard(idea) && document.querySelector("main [data-undo]"));
  const button = key === "u" ? undo : KEYS[key] && idea.querySelector(`.vote[value="${KEYS[key]}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

async function cast(form, button) {
  const sent = new FormData(form, button);
  const block = form.closest("[data-vote-block]") ?? form.parentElement;
  form.ariaBusy = "true";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(sent),
      headers: { Accept: FRAGMENT },
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await answer.text();
    if (answer.ok) show(answer, text, block, sent.get("choice"));
    else refuse(form, block, answer.status < 500 && text, answer.status);
  } catch {
    refuse(form, block, "", 0);
  } finally {
    form.ariaBusy = "false";
  }
}

function show(answer, text, block, choice) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("[data-vote-block]");
  if (answer.redirected || !fresh) return turnPage(page, answer.url);
  const hadFocus = block.contains(document.activeElement);
  block.replaceWith(fresh);
  showGroups(page, fresh);
  if (hadFocus) (fresh.querySelector(`.vote[value="${choice}"]`) ?? fresh.querySelector(".vote"))?.focus();
  say(fresh.querySelector(".saved [role=status]"));
}

/* On the page of an idea, what each group voted comes and goes with the reader's own vote. */
function showGroups(page, block) {
  document.querySelector("[data-in-groups]")?.remove();
  const groups = page.querySelector("[data-in-groups]");
  if (groups) block.after(groups);
}

function turnPage(page, address) {
  const main = page.querySelector("main");
  if (!main) return location.assign(address);
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  history.replaceState(null, "", address);
  scrollTo(0, 0);
  if (!takeCard()) main.focus();
  say(main.querySelector(".flash[role=status] p"));
}

function refuse(form, block, sentence, status) {
  block.querySelector(".vote-refused")?.remove();
  const message = document.createElement("p");
  message.className = "vote-refused";
  message.textContent = sentence || live.dataset.failed;
  block.append(message);
  say(message);
  // What the server refused once it explains better on a page of its own, with a fresh form.
  if (status >= 400 && status < 500) form.dataset.plain = "";
}

/* Gives the one idea on the page the focus, so that its keys work at once. */
function takeCard() {
  const card = document.querySelector(".vote-card:has([data-vote-form])");
  if (!card) return false;
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
  return true;
}

function isCard(idea) {
  return idea.closest(".vote-card") !== null;
}

function say(element) {
  if (!element) return;
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = element.textContent.trim().replace(/\s+/g, " ")));
}
