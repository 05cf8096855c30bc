"""How each part is written in a template, as the page of the design system says it beside the part itself."""

MARKUP = {
    "whose": '{% whose "ours" %}\n{% whose "released" %}\n{% whose "theirs" party %}\n{% whose "agreed" %}',
    "piece": '<article class="slip {{ piece.side }}">\n  {% piece_head piece %}\n  <h3>…</h3>\n</article>',
    "line": '<ul class="rows">\n  <li>{% piece_line piece %}</li>\n</ul>',
    "banner": "{% marked piece %}  {# tells the banner, draws nothing #}",
    "facts": '{% block facts %}<dl class="facts">\n  <div><dt>…</dt><dd>…</dd></div>\n</dl>{% endblock %}',
    "states": '<span class="state yes|no|wait|bad">…</span>\n<span class="count">…</span>',
    "notes": '<div class="note good|bad|ask" role="status">…</div>\n<p class="empty">…</p>',
    "buttons": '<p class="actions">\n  <a class="button main">…</a>\n  <button class="grave">…</button>\n  <button class="quiet">…</button>\n</p>',
    "form": '{% include "web/parts/field.html" %}\n<form class="filters" method="get" role="search">…</form>',
    "table": '<div class="scroll" role="region" tabindex="0" aria-label="…">\n  <table class="grid">…</table>\n</div>',
    "change": '<div class="change">\n  <p class="strong">…</p>\n  <p class="woven">{% woven before after %}</p>\n</div>',
    "fold": '<details class="fold"><summary>…</summary><div>…</div></details>',
    "pages": '{% include "web/parts/pages.html" %}',
    "keys": '<a data-key="e">…</a>\n<ul class="rows" data-walk>…</ul>',
}
