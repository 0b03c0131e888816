// Pages, put together.
#include "render/page.hpp"

#include "render/html.hpp"
#include "render/network_svg.hpp"
#include "render/page_assets.hpp"
#include "render/page_view.hpp"
#include "trace/trace.hpp"

#include <fmt/format.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace gradtrace {
namespace {

/// A Content-Security-Policy source for one inline script.
std::string hash_source(std::string_view script) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, script.size(), reinterpret_cast<const std::uint8_t*>(script.data()));
  std::uint8_t digest[SHA256_DIGEST_SIZE];
  sha256_digest(&context, sizeof digest, digest);
  char text[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)];
  base64_encode_raw(text, sizeof digest, digest);
  return "'sha256-" + std::string(text, sizeof text) + "'";
}

/// JSON within a script element: no text in it can end the element.
std::string in_script(const std::string& json) {
  std::string safe;
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string link(const std::string& file, const std::string& text, const char* relation) {
  return file.empty() ? "<span></span>" : fmt::format("<a href=\"{}\" rel=\"{}\">{}</a>", html_text(file), relation, html_text(text));
}

std::string navigation(const PageLinks& links) {
  if (links.index.empty()) return "";
  return "<nav class=\"site\" aria-label=\"Lessons\">" + link(links.previous, "← " + links.previous_title, "prev") + link(links.index, "all lessons", "up") +
         link(links.next, links.next_title + " →", "next") + "</nav>\n";
}

constexpr std::string_view stage = R"html(<div id="stage">
<section class="card" id="picture" aria-label="The network">
<div id="network">@SVG@</div>
<p class="faint">Blue and solid: positive weights; red and dashed: negative ones; the thicker, the larger. Click a neuron, a weight or a number to ask why.</p>
</section>
<section class="card" aria-label="The derivation, step by step">
<div class="controls">
<button type="button" id="previous">← back</button>
<input type="range" id="slider" min="0" max="1" value="0" aria-label="Step of the derivation">
<button type="button" id="next">next →</button>
</div>
<div aria-live="polite">
<p class="faint" id="place"></p>
<h2 id="title"></h2>
<p id="plain"></p>
<div id="rule"></div>
</div>
<div class="scroll" tabindex="0" role="region" aria-label="The numbers of this step">
<table><thead><tr><th scope="col">number</th><th scope="col">the numbers put in</th><th scope="col" class="number">result</th><th scope="col" class="number" id="nudged-head">nudged</th></tr></thead>
<tbody id="rows"></tbody></table>
</div>
<p class="faint" id="left-out"></p>
<div id="paths"></div>
</section>
</div>
<section class="card" id="why-box" hidden aria-live="polite"><h2 id="why-title"></h2><pre id="why" tabindex="0"></pre></section>
<section class="card" id="nudge-box" hidden>
<h2>Nudge it</h2>
<p id="example-box" hidden><label>example <select id="example"></select></label></p>
<div class="controls">
<label>number <select id="variable"></select></label>
<input type="range" id="nudge" aria-label="Its value">
<output id="nudge-value" for="nudge"></output>
<button type="button" id="reset">the lesson's numbers</button>
</div>
<p id="nudge-told" role="status"></p>
</section>
<p class="faint" id="no-engine">@NOENGINE@</p>
<section class="card" id="try-box">
<h2>Try it</h2>
<form id="try-form" class="controls"><label>number <select id="asked"></select></label> <label>is <input type="text" id="typed" autocomplete="off" size="14"></label> <button type="submit">check</button></form>
<p id="try-told" role="status"></p>
<div id="questions"></div>
</section>
)html";

std::string with(std::string text, std::string_view name, std::string_view value) {
  const std::size_t at = text.find(name);
  return text.replace(at, name.size(), value);
}

/// As many examples as a page can carry.
std::size_t examples_carried(const Lesson& lesson) {
  constexpr std::size_t most_numbers = 4000;
  return std::clamp<std::size_t>(most_numbers / (lesson.network.inputs + lesson.network.outputs()), 1, lesson.examples.size());
}

}  // namespace

bool page_has_engine() { return !page_engine.empty(); }

std::string lesson_page(const Lesson& lesson, const PageLinks& links) {
  const std::string view = page_view(lesson, 0, {});
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  std::string body = navigation(links) + "<main>\n<h1>" + html_text(lesson.title) + "</h1>\n" + html_from_markdown(lesson.about);
  std::string middle = with(std::string(stage), "@SVG@", network_svg(trace, {}));
  middle = with(middle, "@NOENGINE@", page_has_engine() ? "" : "This page was made without the engine for live nudging: it comes with a gradtrace that was built where emscripten is installed.");
  body += middle + "</main>\n" + navigation(links);
  body += "<script type=\"application/json\" id=\"lesson\">" + in_script(page_lesson(lesson, examples_carried(lesson))) + "</script>\n";
  body += "<script type=\"application/json\" id=\"view\">" + in_script(view) + "</script>\n";
  body += "<script>" + std::string(page_script) + "</script>\n";
  std::string policy;
  if (page_has_engine()) {
    body += "<script type=\"text/plain\" id=\"engine\">" + std::string(page_engine_binary) + "</script>\n<script>" + std::string(page_engine) + "</script>\n";
    policy = hash_source(page_engine) + " 'wasm-unsafe-eval' ";
  }
  policy += hash_source(page_script);
  return html_page(lesson.title, network_style() + std::string(page_style), body, policy);
}

std::string index_page(const std::vector<Lesson>& lessons, const std::vector<std::string>& files) {
  std::string body = "<main>\n<h1>Backpropagation, step by step</h1>\n<p>Influence travels w → z → a → C, local derivatives multiply along a path, and where paths meet they add. The lessons are a path to follow.</p>\n<ol>\n";
  for (std::size_t i = 0; i < lessons.size(); ++i) {
    body += "<li><a href=\"" + html_text(files[i]) + "\">" + html_text(lessons[i].title) + "</a></li>\n";
  }
  return html_page("Backpropagation, step by step", page_style, body + "</ol>\n</main>\n");
}

}  // namespace gradtrace
