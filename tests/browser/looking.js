// What a person with poor sight, a small screen or a shaking hand would stumble over on this page; a list of sentences.
() => {
  const found = [];
  const shown = (el) => {
    const style = getComputedStyle(el);
    const box = el.getBoundingClientRect();
    return style.visibility !== "hidden" && style.display !== "none" && box.width > 1 && box.height > 1 && !el.closest(".unseen, .skip");
  };
  const name = (el) => `<${el.tagName.toLowerCase()}${el.id ? "#" + el.id : ""}> “${(el.textContent || el.value || "").trim().slice(0, 40)}”`;
  const parse = (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
  };
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.alpha > 0.99) return colour.rgb;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
  };
  for (const el of document.querySelectorAll("body *")) {
    const own = [...el.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !shown(el) || el.closest("[disabled], datalist, option") || (el.matches("label") && el.parentElement.querySelector("[disabled]"))) continue;
    const style = getComputedStyle(el);
    const one = luminance(parse(style.color).rgb), other = luminance(ground(el));
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${name(el)} stands out by only ${ratio.toFixed(2)}`);
    if (size < 12) found.push(`${name(el)} is only ${size} pixels high`);
  }
  for (const el of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(el)) continue;
    const box = el.getBoundingClientRect();
    const inText = el.tagName === "A" && getComputedStyle(el).display === "inline";
    const ticked = el.matches("input[type=checkbox], input[type=radio]") && el.closest(".tick");
    const target = ticked ? ticked.getBoundingClientRect() : box;
    if (!inText && (target.width < 24 || target.height < 24)) found.push(`${name(el)} is a target of ${box.width} by ${box.height}`);
    const label = el.getAttribute("aria-label") || el.textContent.trim() || [...(el.labels || [])].map((l) => l.textContent.trim()).join(" ");
    if (!label) found.push(`${name(el)} has no name`);
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
    found.push(`the page is ${document.documentElement.scrollWidth} pixels wide on a screen of ${document.documentElement.clientWidth}`);
  if (document.querySelectorAll("main").length !== 1) found.push("not one main part");
  if (!document.documentElement.lang) found.push("no language is named");
  if (!document.title.trim()) found.push("no title");
  let before = 0;
  for (const heading of document.querySelectorAll("main h1, main h2, main h3, main h4, main h5, main h6")) {
    const level = Number(heading.tagName[1]);
    if (level > before + 1) found.push(`${name(heading)} skips from level ${before} to ${level}`);
    before = level;
  }
  return found;
}
