// A button on each block of code that copies it: of a console block the commands, without prompt and output.
// What is printed, a text block, has none: nobody pastes it.
document.addEventListener("DOMContentLoaded", () => {
  if (!navigator.clipboard) return;

  const commands = (text) => {
    const kept = [];
    let continues = false;
    for (const line of text.split("\n")) {
      const starts = line.startsWith("$ ");
      if (starts || continues) kept.push(starts ? line.slice(2) : line);
      continues = (starts || continues) && line.endsWith("\\");
    }
    return kept.length ? kept.join("\n") + "\n" : text;
  };

  for (const block of document.querySelectorAll("div[class*='highlight-']:not(.highlight-text)")) {
    const code = block.querySelector("pre");
    if (!code) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const text = code.innerText;
      await navigator.clipboard.writeText(block.classList.contains("highlight-console") ? commands(text) : text);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    block.querySelector(".highlight").append(button);
  }
});
