// Inside the welcome's HTML component: an example or a next question, wherever it stands, is asked by a click, and a turn
// of one's own is gone back to.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask]");
  if (button) trigger("ask", { text: button.dataset.ask });
  const turn = event.target.closest("[data-edit]");
  if (turn) trigger("edit", { position: Number(turn.dataset.edit) });
});
