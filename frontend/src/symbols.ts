/** Draws the symbol of a force where its code stands; the name beside it says the same without. */
import { each } from "./lib/page.ts";

each("[data-sidc]", (place) => {
  void import("milsymbol").then(({ default: milsymbol }) => {
    const symbol = new milsymbol.Symbol(place.dataset["sidc"] ?? "", { size: 24 });
    if (symbol.isValid()) place.replaceChildren(symbol.asDOM());
  });
});
