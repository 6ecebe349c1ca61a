// Makes planning quicker: the form is sent in the background, the page says so, and the search can be stopped.
// A form, or the button pressed in it, says in data-busy what the page is busy with, and in data-time for how long.
// Without this script the same form loads the same page.
(() => {
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.className = "vh";
  document.body.append(status);

  const toast = (text, stop) => {
    const box = document.createElement("div");
    box.className = "toast toast--fixed";
    const words = document.createElement("span");
    words.textContent = text;
    box.append(words);
    if (stop) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn--s";
      button.textContent = "Stop";
      button.addEventListener("click", stop);
      box.append(button);
    }
    document.body.append(box);
    return box;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-plan]");
    if (!form || (!event.submitter?.formNoValidate && !form.reportValidity())) return;
    event.preventDefault();
    const button = event.submitter;
    if (document.body.getAttribute("aria-busy") === "true") return;
    const search = new AbortController();
    const busy = button?.dataset.busy || form.dataset.busy || "Finding the best plan.";
    const time = button?.dataset.time || form.dataset.time || "Usually a second or two.";
    const note = toast(`${busy} ${time}`, () => search.abort());
    status.textContent = busy;
    document.body.setAttribute("aria-busy", "true");
    button?.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form, button));
      const action = button?.hasAttribute("formaction") ? button.formAction : form.action;
      const answer = await fetch(action, { method: "POST", body, signal: search.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.title = page.title;
      document.body.className = page.body.className;
      for (const part of ["main", ".mainnav", ".foot"]) document.querySelector(part).replaceWith(page.querySelector(part));
      const inside = document.querySelector("main [data-focus]");
      const heading = inside ?? document.querySelector("main [role=alert][tabindex], main h1");
      if (inside) inside.scrollIntoView({ block: "center" });
      else window.scrollTo(0, 0);
      heading.setAttribute("tabindex", "-1");
      heading.focus({ preventScroll: true });
      status.textContent = page.title;
    } catch (error) {
      const stopped = error.name === "AbortError";
      status.textContent = stopped
        ? "Stopped. Nothing changed."
        : "The server did not answer. What you entered is still here; try again.";
      const told = toast(status.textContent);
      setTimeout(() => told.remove(), 8000);
    } finally {
      note.remove();
      document.body.removeAttribute("aria-busy");
      button?.removeAttribute("aria-busy");
    }
  });

  // One explanation is open at a time, and Escape closes it.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.(".why[open]")) return;
    document.querySelectorAll(".why[open]").forEach((other) => other !== event.target && (other.open = false));
  }, true);
  document.addEventListener("keydown", (event) => {
    const open = document.querySelector(".why[open]");
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
})();
