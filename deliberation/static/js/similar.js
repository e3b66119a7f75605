// While an idea is written: the ideas of the question that say nearly the same. When it is posted the server looks
// again, so nothing depends on this.

const FRAGMENT = "text/vnd.deliberation.fragment+html";
const PAUSE = 600;
const FEWEST = 12;

export function watchSimilar() {
  const place = document.querySelector("[data-similar]");
  if (place) watch(place, document.getElementById(place.dataset.watches));
}

function watch(place, field) {
  let asked = field.value.trim();
  let pause;
  let request;
  const ask = async () => {
    const statement = field.value.trim();
    if (statement === asked) return;
    asked = statement;
    request?.abort();
    request = new AbortController();
    try {
      show(place, statement.length < FEWEST ? "" : await find(place.dataset.similar, statement, request.signal));
    } catch {
      /* asked again at the next word */
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE);
  });
}

async function find(address, statement, signal) {
  const answer = await fetch(`${address}?${new URLSearchParams({ statement })}`, {
    headers: { Accept: FRAGMENT },
    signal,
  });
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
}

/* What is there already stays, so that it is not read aloud again and a focus inside is not lost. */
function show(place, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const numbers = (where) => where.querySelector("[data-numbers]")?.dataset.numbers;
  if (numbers(page) !== numbers(place)) place.replaceChildren(...page.body.childNodes);
}
