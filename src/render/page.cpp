// Pages, put together.
#include "render/page.hpp"

#include "render/html.hpp"
#include "render/network_svg.hpp"
#include "render/page_assets.hpp"
#include "render/page_view.hpp"
#include "render/story.hpp"
#include "render/text.hpp"
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

/// A file's name as a relative address.
std::string url_of(const std::string& file) {
  std::string url;
  for (const char c : file) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    url += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return url;
}

std::string link(const std::string& file, const std::string& text, const char* relation) {
  return file.empty() ? "<span></span>" : fmt::format("<a href=\"{}\" rel=\"{}\">{}</a>", html_text(url_of(file)), relation, html_text(text));
}

std::string navigation(const PageLinks& links) {
  if (links.index.empty()) return "";
  return "<nav class=\"site\" aria-label=\"Lessons\">" + link(links.previous, "← " + links.previous_title, "prev") + link(links.index, "all lessons", "up") +
         link(links.next, links.next_title + " →", "next") + "</nav>\n";
}

constexpr std::string_view stage = R"html(<noscript><p>This page is stepped through by its own script; your browser does not run it.</p></noscript>
<div id="stage">
<div class="side">
<section class="card" id="picture" aria-label="The network">
<div id="network" tabindex="0" role="region" aria-label="The picture">@SVG@</div>
<p class="faint">Blue and solid: positive weights; red and dashed: negative ones; the thicker, the larger. <span id="on-edges" hidden>On the edges now: ∂C/∂w.</span> Click a neuron, a weight or a number to ask why.</p>
</section>
<section class="card" id="nudge-box" aria-label="Nudge it" hidden>
<h2>Nudge it</h2>
<div class="controls">
<label>number <select id="variable"></select></label>
<output id="nudge-value" for="nudge"></output>
<button type="button" id="reset" disabled>back to the lesson's numbers</button>
</div>
<input type="range" id="nudge" aria-label="Its value">
<svg id="curve" role="img"></svg>
<div id="nudge-told" role="status"></div>
</section>
<p class="faint" id="no-engine">@NOENGINE@</p>
<section class="card" id="why-box" aria-label="Ask any number">
<h2>Ask any number</h2>
<form id="ask-form" class="controls"><label>name, such as @NAME@ <input type="text" id="asked-name" autocomplete="off" spellcheck="false" size="14"></label> <button type="submit">why?</button></form>
<div aria-live="polite"><pre id="why" tabindex="0" role="region" aria-label="The answer"></pre><div id="routes"></div></div>
</section>
</div>
<div class="side">
<section class="card" id="steps" aria-label="The derivation, step by step">
<p id="example-box" hidden><label>example <select id="example"></select></label> <canvas id="image" role="img" aria-label="The input as a picture" hidden></canvas> <span class="faint">@EXAMPLES@</span></p>
<div class="controls">
<button type="button" id="previous">← back</button>
<input type="range" id="slider" min="0" max="1" value="0" aria-label="Step of the derivation">
<button type="button" id="next">next →</button>
</div>
<div id="map" role="group" aria-label="Steps"></div>
<div aria-live="polite">
<p class="faint"><span id="direction"></span> <span id="place"></span></p>
<h2 id="title"></h2>
<p id="plain"></p>
<div id="rule"></div>
<p id="numbers"></p>
</div>
<div id="paths"></div>
<div class="scroll" tabindex="0" role="region" aria-label="The numbers of this step">
<table><thead><tr><th scope="col">number</th><th scope="col" class="expression">the numbers put in</th><th scope="col" class="number">result</th><th scope="col" class="number" id="nudged-head">nudged</th></tr></thead>
<tbody id="rows"></tbody></table>
</div>
<div id="notes"></div>
</section>
<section class="card" id="try-box" aria-label="Try it">
<h2>Try it</h2>
<form id="try-form" class="controls"><label>number <select id="asked"></select></label> <label>is <input type="text" id="typed" autocomplete="off" size="14"></label> <button type="submit">check</button> <button type="button" id="show-step">show its step</button> <span id="score" class="faint"></span></form>
<p id="try-told" role="status"></p>
<div id="questions"></div>
</section>
</div>
</div>
)html";

std::string with(std::string text, std::string_view name, std::string_view value) {
  const std::size_t at = text.find(name);
  return text.replace(at, name.size(), value);
}

/// As many examples as a page can carry.
std::size_t examples_carried(const Lesson& lesson) {
  constexpr std::size_t most_numbers = 40000;
  // Of several at least two, so that numbers are called the same as in the lesson.
  return std::min(lesson.examples.size(), std::max<std::size_t>(2, most_numbers / (lesson.network.inputs + lesson.network.outputs())));
}

/// Of a story, without its markup.
std::string first_sentence(const std::string& markdown) {
  std::string text = story_text(markdown, 100'000, 0);
  text.erase(std::min(text.find('\n'), text.size()));
  const std::size_t end = std::min(text.find(". "), text.find(": "));
  return end == std::string::npos ? text : text.substr(0, end) + ".";
}

}  // namespace

bool page_has_engine() { return !page_engine.empty(); }

std::string lesson_page(const Lesson& lesson, const PageLinks& links) {
  const std::size_t carried = examples_carried(lesson);
  PageViewOptions options;
  options.means = carried == lesson.examples.size();
  const std::string view = page_view(lesson, 0, options);
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  std::string body = navigation(links) + "<main>\n<h1>" + html_text(lesson.title) + "</h1>\n<div class=\"story\">" + html_from_markdown(lesson.about) + "</div>\n";
  std::string middle = with(std::string(stage), "@SVG@", network_svg(trace, {}));
  middle = with(middle, "@NOENGINE@", page_has_engine() ? "" : "This page was made without the engine for live nudging: it comes with a gradtrace that was built where emscripten is installed.");
  middle = with(middle, "@EXAMPLES@", options.means ? "" : fmt::format("This page carries the first {} of the {} examples, and not their means.", carried, lesson.examples.size()));
  middle = with(middle, "@NAME@", lesson.several_examples() ? "0:delta[1][0]" : "delta[1][0]");
  body += middle + "</main>\n" + navigation(links);
  body += "<script type=\"application/json\" id=\"lesson\">" + in_script(page_lesson(lesson, carried)) + "</script>\n";
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
  std::string body = "<main>\n<h1>Backpropagation, step by step</h1>\n<p>Influence travels w → z → a → C, local derivatives multiply along a path, and where paths meet they add. The lessons are a path to follow.</p>\n<ol class=\"lessons\">\n";
  for (std::size_t i = 0; i < lessons.size(); ++i) {
    body += fmt::format("<li><a href=\"{}\"><b>{}. {}</b><span>{}</span><span class=\"faint\">{}</span></a></li>\n", html_text(url_of(files[i])), i + 1, html_text(lessons[i].title),
                        html_text(first_sentence(lessons[i].about)), html_text(shape_of(lessons[i].network) + " · " + activations_of(lessons[i].network)));
  }
  return html_page("Backpropagation, step by step", page_style, body + "</ol>\n</main>\n");
}

}  // namespace gradtrace
