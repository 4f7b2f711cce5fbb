// Inside the panel's HTML component: ask the server for a source, then lead the reader to the quoted words.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-source]");
  if (!button) return;
  const { source, article, quote } = button.dataset;
  trigger("open_source", { source, article: article || "", quote: quote || "" });
});
watch("value", () => {
  if (!document.documentElement.classList.contains("pl-panel-open")) return;
  const heading = element.querySelector("h2");
  if (heading) heading.focus({ preventScroll: true });
  const quoted = element.querySelector("mark");
  const body = element.querySelector(".pl-panel-body");
  if (body) body.scrollTop = quoted ? quoted.offsetTop - body.offsetTop - 120 : 0;
});
