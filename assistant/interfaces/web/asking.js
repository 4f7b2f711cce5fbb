// Inside the welcome's HTML component: an example or a next question, wherever it stands, is asked by a click.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (button) trigger("ask", { text: button.dataset.ask });
});
