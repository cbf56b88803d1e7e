// Two things a form does better with a script: it hides what is not asked, and saves what is in it on leaving.
const form = document.querySelector(".app-answers-form");

// A page that is going away may still send this much, in bytes, and no more.
const LAST_WORDS = 60000;

const chosen = (name) =>
  [...form.querySelectorAll(`[name="${name}"]`)].filter((box) => box.checked || box.tagName === "SELECT").map((box) => box.value);

// In the order of the page, so that a question under one that is hidden is hidden too.
const showAsked = () => {
  for (const question of form.querySelectorAll("[data-only-if]")) {
    const decides = form.querySelector(`[name="${question.dataset.onlyIf}"]`);
    if (!decides) continue;
    const unasked = decides.closest(".app-question")?.hidden;
    const holds = chosen(question.dataset.onlyIf).some((value) => question.dataset.is.split(" ").includes(value));
    const wrong = question.querySelector(".govuk-error-message");
    question.hidden = (unasked || !holds) && !wrong;
  }
};

if (form) {
  form.addEventListener("change", showAsked);
  showAsked();
  let changed = false;
  let sending = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { sending = true; });
  const leave = () => {
    if (!changed || sending || !form.dataset.leaving) return;
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    fetch(form.dataset.leaving, { method: "POST", body, keepalive: body.toString().length < LAST_WORDS, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
      .then((saved) => { form.querySelector('[name="version"]').value = saved.version; })
      .catch(() => { changed = true; });
  };
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", () => { sending = false; showAsked(); });
}
