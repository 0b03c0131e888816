// Pages.
#include "render/html.hpp"

#include "base/utf8.hpp"

namespace gradtrace {

std::string html_text(std::string_view text) {
  std::string safe;
  for (; !text.empty(); text.remove_prefix(first_code_point(text).bytes)) {
    const CodePoint first = first_code_point(text);
    const char c = text.front();
    if (!first.valid) {
      safe += "\uFFFD";
      continue;
    }
    if (first.bytes > 1) {  // what turns the direction of all that follows is no text either
      safe += steers_a_terminal(first.value) ? " " : text.substr(0, first.bytes);
      continue;
    }
    switch (c) {
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '&': safe += "&amp;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += static_cast<unsigned char>(c) < ' ' && c != '\n' ? ' ' : c;
    }
  }
  return safe;
}

std::string html_page(std::string_view title, std::string_view extra_style, std::string_view body, std::string_view scripts) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  if (!scripts.empty()) page += "; script-src " + std::string(scripts);
  page +=
      "\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
  page += html_text(title);
  page +=
      "</title>\n<style>\n"
      ":root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fdfdfb; --faint: #5c5c66; --line: #c9c9d2; --good: #1c7a3f; --follows: #1f5fa8; --bad: #b3261e; --none: #76767f; }\n"
      "@media (prefers-color-scheme: dark) { :root { --ink: #e8e8ea; --paper: #17171b; --faint: #a5a5b0; --line: #44444d; --good: #5fcf8a; --follows: #7fb4f0; --bad: #ff8a80; --none: #9a9aa4; } }\n"
      "body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }\n"
      "h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }\n"
      "table { border-collapse: collapse; margin: .4rem 0 1rem; font-variant-numeric: tabular-nums; } th, td { border: 1px solid var(--line); padding: .2rem .6rem; text-align: left; }\n"
      "td.number, th.number { text-align: right; } caption { text-align: left; color: var(--faint); padding-bottom: .2rem; }\n"
      ".rule { font-style: italic; } .faint { color: var(--faint); }\n"
      "@media print { body { margin: 0; max-width: none; font-size: 11pt; background: none; } h2 { break-after: avoid; } table { break-inside: avoid; } }\n";
  page += extra_style;
  page += "</style>\n</head>\n<body>\n";
  page += body;
  return page + "</body>\n</html>\n";
}

}  // namespace gradtrace
