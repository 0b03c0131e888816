// Options parsed with Boost.Program_options, worded for people.
#include "cli/arguments.hpp"

#include "base/error.hpp"
#include "base/number.hpp"
#include "base/output.hpp"
#include "base/suggest.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <sstream>

namespace po = boost::program_options;

namespace gradtrace {

Arguments::Arguments(std::string synopsis, std::string about, std::string operands)
    : synopsis_(std::move(synopsis)),
      about_(std::move(about)),
      operand_name_(std::move(operands)),
      options_("Options", 80, 40) {
  value("output,o", "FILE", "write there instead of standard output");
  flag("quiet", "errors and the exit status only");
  value("color", "WHEN", "auto, always or never (auto)");
  flag("help", "this text");
}

Arguments& Arguments::value(const std::string& name, const std::string& value_name, const std::string& text) {
  options_.add_options()(name.c_str(), po::value<std::string>()->value_name(value_name), text.c_str());
  return *this;
}

Arguments& Arguments::flag(const std::string& name, const std::string& text) {
  options_.add_options()(name.c_str(), text.c_str());
  return *this;
}

std::string Arguments::help() const {
  std::ostringstream text;
  text << "usage: gradtrace " << synopsis_ << "\n\n" << about_ << "\n\n" << options_;
  return text.str();
}

namespace {

/// The words of an error of Program_options, without its own phrasing.
std::string explain(const po::error& error, const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    const std::string name = unknown->get_option_name();
    return "unknown option " + name + did_you_mean(name, names);
  }
  if (const auto* twice = dynamic_cast<const po::multiple_occurrences*>(&error)) {
    return "option " + twice->get_option_name() + " is given more than once";
  }
  if (const auto* syntax = dynamic_cast<const po::invalid_command_line_syntax*>(&error)) {
    const std::string name = syntax->get_option_name();
    switch (syntax->kind()) {
      case po::invalid_syntax::missing_parameter: return "option " + name + " needs a value";
      case po::invalid_syntax::extra_parameter:
      case po::invalid_syntax::long_adjacent_not_allowed: return "option " + name + " takes no value";
      case po::invalid_syntax::empty_adjacent_parameter: return "option " + name + " needs a value after the =";
      default: break;
    }
  }
  return error.what();
}

}  // namespace

bool Arguments::parse(const std::vector<std::string>& words) {
  // Everything that is no option is an operand, wherever it stands; `--` ends the options.
  po::options_description all;
  all.add(options_);
  all.add_options()("operands", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("operands", -1);
  // Names are not guessed from their beginnings: a new option must never change what an old script means.
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  try {
    const auto parsed = po::command_line_parser(words).options(all).positional(positional).style(style).run();
    po::store(parsed, values_);
  } catch (const po::error& error) {
    throw UsageError(explain(error, options_));
  }
  if (has("help")) {
    Output out;
    out.write(help());
    out.finish();
    return false;
  }
  if (values_.count("operands") != 0) operands_ = values_["operands"].as<std::vector<std::string>>();
  common();  // so that a wrong --color is found before any work
  for (const auto& option : options_.options()) {
    const std::string& name = option->long_name();
    if (option->semantic()->max_tokens() > 0 && has(name) && text(name)->empty()) throw UsageError("the value of option --" + name + " is empty");
  }
  return true;
}

const std::string& Arguments::operand() const {
  if (operands_.empty()) throw UsageError(operand_name_ + " is missing: gradtrace " + synopsis_);
  if (operands_.size() > 1) {
    throw UsageError("one " + operand_name_ + " is expected, but \"" + operands_[1] + "\" follows \"" + operands_[0] + "\"");
  }
  return operands_.front();
}

std::optional<std::string> Arguments::text(const std::string& name) const {
  if (!has(name)) return std::nullopt;
  return values_[name].as<std::string>();
}

std::optional<std::size_t> Arguments::whole(const std::string& name, std::size_t least, std::size_t most) const {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto number = parse_size(*given);
  if (!number || *number < least || *number > most) {
    const std::string range = most >= std::numeric_limits<std::size_t>::max() - 1
                                  ? fmt::format("of {} or more", least)
                                  : fmt::format("from {} to {}", least, most);
    throw UsageError(fmt::format("--{} takes a whole number {}, not \"{}\"", name, range, *given));
  }
  return number;
}

std::optional<double> Arguments::positive(const std::string& name) const {
  const auto given = text(name);
  if (!given) return std::nullopt;
  const auto number = parse_double(*given);
  if (!number || !std::isfinite(*number) || *number <= 0) {
    throw UsageError(fmt::format("--{} takes a number above 0, such as 1e-6, not \"{}\"", name, *given));
  }
  return number;
}

std::optional<std::size_t> Arguments::choice(const std::string& name, const std::vector<std::string>& choices) const {
  const auto given = text(name);
  if (!given) return std::nullopt;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == *given) return i;
  }
  throw UsageError(fmt::format("--{} takes {}, not \"{}\"{}", name, one_of(choices), *given, did_you_mean(*given, choices)));
}

CommonOptions Arguments::common() const {
  CommonOptions options;
  options.output = text("output").value_or("");
  options.quiet = has("quiet");
  options.color = static_cast<ColorMode>(choice("color", {"auto", "always", "never"}).value_or(0));
  return options;
}

bool use_color(ColorMode mode, bool to_terminal) {
  if (mode != ColorMode::automatic) return mode == ColorMode::always;
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return to_terminal && !(no_color && *no_color) && !(terminal && std::string_view(terminal) == "dumb");
}

void declare_rendering(Arguments& arguments) {
  arguments.value("only", "QUANTITY", "only this quantity: z, a, C, dC/da, slope, delta, dC/db, dC/dw or path; several with commas")
      .value("layer", "L", "only this layer (0 is the input)")
      .value("neuron", "J", "only this neuron, counted from 0")
      .value("example", "N", "only this example, counted from 0, or \"mean\"")
      .value("digits", "D", "significant digits shown (4)")
      .flag("matrix", "the four matrix equations instead of single numbers")
      .flag("all", "no rows and no examples left out")
      .flag("ascii", "plain ASCII")
      .value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
}

namespace {

int terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (const char* columns = std::getenv("COLUMNS")) {
    if (const auto width = parse_size(columns); width && *width >= 20 && *width <= 10'000) return static_cast<int>(*width);
  }
  return 80;
}

std::vector<Quantity> parse_quantities(const std::string& list) {
  std::vector<Quantity> quantities;
  std::size_t begin = 0;
  while (begin <= list.size()) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string name = list.substr(begin, end - begin);
    const auto quantity = parse_quantity(name);
    if (!quantity) {
      throw UsageError("--only takes a quantity (" + one_of(quantity_names()) + "), not \"" + name + "\"" +
                       did_you_mean(name, quantity_names()));
    }
    quantities.push_back(*quantity);
    begin = end + 1;
  }
  return quantities;
}

}  // namespace

int rendering_width(const Arguments& arguments, bool to_terminal) {
  const auto usual = static_cast<std::size_t>(to_terminal ? terminal_width() : 80);
  return static_cast<int>(arguments.whole("width", 20, 10'000).value_or(usual));
}

RenderOptions rendering(const Arguments& arguments, bool to_terminal) {
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max() - 1;
  RenderOptions options;
  options.width = rendering_width(arguments, to_terminal);
  // Beyond 17 digits a double has none.
  options.digits = static_cast<int>(arguments.whole("digits", 1, 17).value_or(4));
  options.ascii = arguments.has("ascii");
  options.all = arguments.has("all");
  options.matrix = arguments.has("matrix");
  options.color = use_color(arguments.common().color, to_terminal);
  if (const auto only = arguments.text("only")) options.selection.only = parse_quantities(*only);
  options.selection.layer = arguments.whole("layer", 0, any);
  options.selection.neuron = arguments.whole("neuron", 0, any);
  if (const auto example = arguments.text("example")) {
    options.selection.example = *example == "mean" ? Scope::of_mean() : Scope::of_example(*arguments.whole("example", 0, any));
  }
  return options;
}

}  // namespace gradtrace
