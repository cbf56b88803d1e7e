// Moves the progress bar of an import, or of a return, on while it is worked at; without it, "Look again" does the same.
const watched = document.getElementById("import-progress");

async function look() {
  const answer = await fetch(watched.dataset.progress, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { done, total, outcome } = await answer.json();
  if (outcome === "done" || outcome === "failed") {
    window.location.reload();
    return;
  }
  const bar = watched.querySelector("progress");
  bar.max = total || 1;
  bar.value = done;
  watched.querySelector("[role=status]").textContent =
    `${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")} ${watched.dataset.words || "cases read."}`;
  window.setTimeout(look, 2000);
}

if (watched) window.setTimeout(look, 1000);
