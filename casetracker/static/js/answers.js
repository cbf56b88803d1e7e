// Two things a form does better with a script: it hides what is not asked, and saves what is in it on leaving.
const form = document.querySelector(".app-answers-form");

const chosen = (name) =>
  [...form.querySelectorAll(`[name="${name}"]`)].filter((box) => box.checked || box.tagName === "SELECT").map((box) => box.value);

const showAsked = () => {
  for (const question of form.querySelectorAll("[data-only-if]")) {
    const decides = form.querySelector(`[name="${question.dataset.onlyIf}"]`);
    if (decides) question.hidden = !chosen(question.dataset.onlyIf).some((value) => question.dataset.is.split(" ").includes(value));
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
    fetch(form.dataset.leaving, { method: "POST", body: new FormData(form), keepalive: true, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((saved) => { if (saved) form.querySelector('[name="version"]').value = saved.version; })
      .catch(() => { changed = true; });
  };
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  window.addEventListener("pagehide", leave);
}
