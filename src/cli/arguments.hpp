// The options of one command: declared once, parsed strictly with Boost.Program_options, answered with
// help or with a usage error that says what was meant. Parsing opens no file.
#pragma once

#include "base/name.hpp"
#include "render/options.hpp"
#include "trace/order.hpp"

#include <boost/program_options.hpp>

#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

enum class ColorMode { automatic, always, never };

/// What every command takes.
struct CommonOptions {
  std::string output;  ///< "" is standard output
  bool quiet = false;
  ColorMode color = ColorMode::automatic;
};

class Arguments {
 public:
  /// `synopsis`: "trace [OPTIONS] LESSON"; `about`: one paragraph; `operands`: what the words without
  /// dashes are called ("LESSON").
  Arguments(std::string synopsis, std::string about, std::string operands);

  /// Declares `--name VALUE`; `text` is its help. `name` may be "output,o".
  Arguments& value(const std::string& name, const std::string& value_name, const std::string& text);
  /// Declares `--name`, without a value.
  Arguments& flag(const std::string& name, const std::string& text);

  /// @returns false where --help was asked for and has been printed.
  /// @throws UsageError for options that are unknown, incomplete, empty or given twice.
  bool parse(const std::vector<std::string>& words);

  /// Whether the command has such an option at all.
  bool declares(const std::string& name) const { return options_.find_nothrow(name, false) != nullptr; }
  bool has(const std::string& name) const { return values_.count(name) != 0; }
  const std::vector<std::string>& operands() const { return operands_; }
  /// The only operand. @throws UsageError where there is none or more than one.
  const std::string& operand() const;

  std::optional<std::string> text(const std::string& name) const;
  /// @throws UsageError where the value is no whole number from `least` to `most`.
  std::optional<std::size_t> whole(const std::string& name, std::size_t least, std::size_t most) const;
  /// @throws UsageError where the value is no finite number above 0.
  std::optional<double> positive(const std::string& name) const;
  /// The place of the value in `choices`. @throws UsageError where it is none of them.
  std::optional<std::size_t> choice(const std::string& name, const std::vector<std::string>& choices) const;

  CommonOptions common() const;

 private:
  std::string help() const;

  std::string synopsis_, about_, operand_name_;
  boost::program_options::options_description options_;
  boost::program_options::variables_map values_;
  std::vector<std::string> operands_;
};

/// Declares what trace and run share: --only, --layer, --neuron, --example, --digits, --matrix, --all,
/// --ascii, --width.
void declare_rendering(Arguments& arguments);
/// What was given of them; width from the terminal (80 where there is none), colour as `common` says.
RenderOptions rendering(const Arguments& arguments, bool to_terminal);

/// --width, else the terminal's where text goes to one, else 80.
int rendering_width(const Arguments& arguments, bool to_terminal);

/// Whether a `color` setting means colour for this output; honours NO_COLOR.
bool use_color(ColorMode mode, bool to_terminal);

}  // namespace gradtrace
