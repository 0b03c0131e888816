// Names of quantities and single numbers, written and read.
#include "base/name.hpp"

#include "base/error.hpp"
#include "base/number.hpp"
#include "base/suggest.hpp"

#include <algorithm>

namespace gradtrace {

const QuantityInfo& info(Quantity quantity) { return quantities[static_cast<std::size_t>(quantity)]; }

std::optional<Quantity> parse_quantity(std::string_view name) {
  for (const QuantityInfo& candidate : quantities) {
    if (candidate.name == name) return candidate.quantity;
  }
  return std::nullopt;
}

std::vector<std::string> quantity_names() {
  std::vector<std::string> names;
  for (const QuantityInfo& quantity : quantities) names.emplace_back(quantity.name);
  return names;
}

std::string to_string(const Name& name, bool with_scope) {
  std::string text;
  if (with_scope && name.scope.kind == Scope::Kind::mean) text = "mean:";
  if (with_scope && name.scope.kind == Scope::Kind::example) text = std::to_string(name.scope.example) + ":";
  text += info(name.quantity).name;
  if (name.layer == Name::none) return text;
  text += '[' + std::to_string(name.layer) + ']';
  if (name.j == Name::none) return text;
  const bool from_first = name.quantity == Quantity::path;  // path[l][k,j]: from k, through j
  const std::size_t first = from_first ? name.k : name.j;
  const std::size_t second = from_first ? name.j : name.k;
  text += '[' + std::to_string(first);
  if (second != Name::none) text += ',' + std::to_string(second);
  return text + ']';
}

namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw UsageError("\"" + std::string(text) + "\" names no number of a trace: " + why);
}

/// Takes `[digits]` or `[digits,digits]` off the front of `rest`.
std::vector<std::size_t> take_brackets(std::string_view text, std::string_view& rest) {
  const auto close = rest.find(']');
  if (rest.empty() || rest.front() != '[' || close == std::string_view::npos) {
    refuse(text, "expected indices in brackets, as in delta[2][0] or dC/dw[2][0,1]");
  }
  std::string_view inside = rest.substr(1, close - 1);
  rest.remove_prefix(close + 1);
  std::vector<std::size_t> indices;
  for (;;) {
    const auto comma = inside.find(',');
    std::string_view number = inside.substr(0, comma);
    while (!number.empty() && number.front() == ' ') number.remove_prefix(1);
    while (!number.empty() && number.back() == ' ') number.remove_suffix(1);
    const auto value = parse_size(number);
    if (!value || *value == Name::none) {
      refuse(text, "\"" + std::string(number) + "\" is no index; indices are whole numbers from 0");
    }
    indices.push_back(*value);
    if (comma == std::string_view::npos) return indices;
    inside.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_given(const Name& name) {
  return name.quantity == Quantity::w || name.quantity == Quantity::b || name.quantity == Quantity::y ||
         (name.quantity == Quantity::a && name.layer == 0);
}

Name parse_name(std::string_view text) {
  Name name;
  std::string_view rest = text;
  if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
    const std::string_view scope = rest.substr(0, colon);
    if (scope == "mean") {
      name.scope = Scope::of_mean();
    } else if (const auto example = parse_size(scope)) {
      name.scope = Scope::of_example(*example);
    } else {
      refuse(text, "before the colon stands the number of an example, or \"mean\"");
    }
    rest.remove_prefix(colon + 1);
  }
  const std::string_view word = rest.substr(0, rest.find('['));
  const auto quantity = parse_quantity(word);
  if (!quantity) {
    refuse(text, "unknown quantity \"" + std::string(word) + "\"" + did_you_mean(word, quantity_names()));
  }
  name.quantity = *quantity;
  rest.remove_prefix(word.size());
  if (name.quantity == Quantity::C) {
    if (!rest.empty()) refuse(text, "C has no indices");
    return name;
  }
  const auto layer = take_brackets(text, rest);
  if (layer.size() != 1) refuse(text, "expected one layer number in the first brackets");
  name.layer = layer.front();
  const auto indices = take_brackets(text, rest);
  const bool two = name.quantity == Quantity::w || name.quantity == Quantity::dC_dw || name.quantity == Quantity::path;
  const bool either = name.quantity == Quantity::slope;  // two for softmax
  if (indices.size() > 2 || (!either && indices.size() != (two ? 2u : 1u))) {
    refuse(text, std::string(info(name.quantity).name) + " takes " +
                     (two ? "two indices, as in [2][0,1]" : "one index, as in [2][0]"));
  }
  name.j = indices.front();
  if (indices.size() == 2) name.k = indices.back();
  if (name.quantity == Quantity::path) std::swap(name.j, name.k);
  if (!rest.empty()) refuse(text, "\"" + std::string(rest) + "\" is left over");
  return name;
}

}  // namespace gradtrace
