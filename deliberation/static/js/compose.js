// While you write: how much room is left, and a draft that outlives a lost page. The draft stays in this tab.

const PAUSE = 1_000;
const FEW = 50;
const SENT = "draft sent";
const live = document.getElementById("live");

export function watchForms() {
  forgetWhatWasPosted();
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  document.querySelectorAll("[data-counts]").forEach(countDown);
}

function countDown(words) {
  const field = document.getElementById(words.dataset.counts);
  const limit = Number(words.dataset.limit);
  const language = document.documentElement.lang;
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  let pause;
  const update = () => {
    const left = limit - [...field.value.trim()].length;
    const form = plurals.select(Math.abs(left)) === "one" ? "One" : "Other";
    const sentence = words.dataset[(left < 0 ? "over" : "left") + form];
    words.textContent = sentence.replace("#", numbers.format(Math.abs(left)));
    words.classList.toggle("is-over", left < 0);
    return left;
  };
  field.addEventListener("input", () => {
    const left = update();
    clearTimeout(pause);
    // Said aloud only in a pause and only near the end, or it would talk over every word.
    if (left <= FEW) pause = setTimeout(() => (live.textContent = words.textContent), PAUSE);
  });
  update();
}

function keepDraft(form) {
  const key = `draft ${location.pathname} ${form.dataset.draft}`;
  const fields = [...form.elements].filter((field) => field.matches("textarea, input[type=text]") && field.name);
  const kept = JSON.parse(recall(key) ?? "{}");
  if (fields.every((field) => !field.value)) {
    for (const field of fields) field.value = kept[field.name] ?? "";
    for (const more of form.querySelectorAll("details")) {
      more.open ||= fields.some((field) => field.value && more.contains(field));
    }
  }
  const keep = () => {
    const written = fields.filter((field) => field.value).map((field) => [field.name, field.value]);
    store(key, written.length ? JSON.stringify(Object.fromEntries(written)) : null);
  };
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => {
    keep();
    store(SENT, key);
  });
}

/* A page that says what was done is the sign that the post went well; an error page keeps the draft. */
function forgetWhatWasPosted() {
  const key = recall(SENT);
  store(SENT, null);
  if (key && document.querySelector(".flash.is-done")) store(key, null);
}

/* Storage may be full or forbidden; then there is no draft, and nothing else breaks. */
function recall(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    /* no draft */
  }
}
