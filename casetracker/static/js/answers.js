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
  // The version stays the one this page was opened on: what colleagues changed since has not been seen here.
  const save = () => {
    if (!changed || sending || !form.dataset.leaving) return;
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    const keepalive = body.toString().length < LAST_WORDS;
    fetch(form.dataset.leaving, { method: "POST", body, keepalive, credentials: "same-origin" })
      .then((answer) => { if (!answer.ok) changed = true; })
      .catch(() => { changed = true; });
  };
  // As a box is left, which a press on a link does too; and as the page goes.
  form.addEventListener("change", save);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  window.addEventListener("pagehide", save);
  window.addEventListener("pageshow", () => { sending = false; showAsked(); });
}
