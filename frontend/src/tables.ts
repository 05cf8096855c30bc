/** Pasting a large table: a text field takes seconds over thousands of lines, so they go along as a file instead, at once. */
import { data, each } from "./lib/page";
import { pasted, type Words } from "./lib/pasted";

each("textarea.pasted", (found) => {
  const field = found as HTMLTextAreaElement;
  const file = field.form?.querySelector<HTMLInputElement>("input[type=file]");
  const told = document.getElementById("pasted-told");
  const words = data<Words>("table-words");
  if (!file || !told || !words) return;
  field.addEventListener("paste", (event) => {
    const given = pasted(event.clipboardData?.getData("text/plain") ?? "", event.clipboardData?.getData("text/html") ?? "", words);
    if (!given) return;
    event.preventDefault();
    field.value = "";
    const carried = new DataTransfer();
    carried.items.add(new File([given.text], given.name, { type: "text/plain" }));
    file.files = carried.files;
    told.textContent = given.told;
  });
});
