// `gradtrace new FILE.toml`: a lesson to start from, with every key explained.
#include "base/error.hpp"
#include "base/number.hpp"
#include "base/output.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <system_error>

namespace gradtrace {
namespace {

constexpr std::size_t widest = 100;  // a lesson written out by hand; wider ones use random or file

std::vector<std::size_t> parse_widths(const std::string& list) {
  std::vector<std::size_t> widths;
  std::size_t begin = 0;
  while (begin <= list.size()) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const auto width = parse_size(std::string_view(list).substr(begin, end - begin));
    if (!width || *width == 0 || *width > widest) {
      throw UsageError(fmt::format("--layers takes widths from 1 to {} with commas, inputs first, as in 2,3,1; not \"{}\"",
                                   widest, list));
    }
    widths.push_back(*width);
    begin = end + 1;
  }
  constexpr std::size_t most_written = 1'000'000;  // numbers; more belong into files of their own
  std::size_t written = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) written += widths[l] * (widths[l - 1] + 1);
  if (widths.size() > 1001 || written > most_written) {
    throw UsageError(fmt::format("--layers would write {} numbers in {} layers; a lesson that is written out has at most {} in 1000", written, widths.size() - 1, most_written));
  }
  if (widths.size() < 2) throw UsageError("--layers needs the number of inputs and at least one layer, as in 2,3,1");
  return widths;
}

/// Two-decimal numbers that differ from each other and from 0, the same at every call: small enough that
/// no unit saturates, of both signs so that paths oppose each other.
double starting_value(std::size_t i, double most) {
  constexpr double golden_ratio = 0.6180339887498949;  // spreads any run of numbers evenly
  const double position = static_cast<double>(i + 1) * golden_ratio;
  const double fraction = position - static_cast<double>(static_cast<std::size_t>(position));
  const double value = static_cast<double>(static_cast<int>((2 * fraction - 1) * most * 100)) / 100;
  return value == 0 ? 0.05 : value;
}

std::string list(std::size_t count, std::size_t first, double most) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) text += (i ? ", " : "") + shortest(starting_value(first + i, most));
  return text + "]";
}

std::string matrix(std::size_t rows, std::size_t columns, std::size_t first) {
  std::string text = "[";
  for (std::size_t j = 0; j < rows; ++j) {
    text += (j ? ",\n           " : "") + list(columns, first + j * columns, 0.8);
  }
  return text + "]";
}

std::string lesson_text(const std::string& title, const std::vector<std::size_t>& widths) {
  std::string text = fmt::format(
      "# A lesson for gradtrace. Try it with: gradtrace run THIS-FILE\n"
      "# Lines that begin with # are comments; keys that stand in one are optional.\n\n"
      "title = \"{}\"\n"
      "about = \"\"\"What to look at, and why. Markdown; several paragraphs will do.\"\"\"\n\n"
      "[network]\n"
      "inputs = {}                       # optional where weights are written out\n"
      "# squared-error, half-squared-error, mean-squared-error, binary-cross-entropy or cross-entropy\n"
      "cost = \"squared-error\"\n"
      "# learning_rate = 0.1            # of the mistake \"updated-weights\": weights moved before they are used\n",
      title, widths[0]);
  std::size_t used = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    text += fmt::format("\n[[layer]]                          # layer {}: {} neuron{}\n", l, widths[l], widths[l] == 1 ? "" : "s");
    if (l == 1) {
      text += "# identity, sigmoid, tanh, relu, leaky-relu (takes alpha = 0.01), softplus, silu, gelu or softmax\n";
    }
    text += "activation = \"sigmoid\"\n";
    if (l == 1) text += "# Row j holds the weights into neuron j; column k those from neuron k of the layer before.\n";
    text += "weights = " + matrix(widths[l], widths[l - 1], used) + "\n";
    used += widths[l] * widths[l - 1];
    text += "biases  = " + list(widths[l], used, 0.4) + "\n";
    used += widths[l];
    if (l == 1) {
      text += "# Or, with neurons = 10: weights = {random = \"normal\", scale = 0.5, seed = 7}   (or \"uniform\")\n"
              "#                        weights = {file = \"weights.npy\"}   (.npy or .csv, relative to this file)\n";
    }
  }
  text += "\n[[example]]                        # as many as wanted; with two or more the means are traced too\n";
  text += "input  = " + list(widths.front(), used, 0.9) + "\n";
  text += "target = [";
  for (std::size_t j = 0; j < widths.back(); ++j) text += std::string(j ? ", " : "") + (j % 2 ? "0.99" : "0.01");
  text +=
      "]\n\n"
      "# [dataset]                      # examples from files, instead of or beside [[example]]\n"
      "# inputs  = {file = \"x.npy\"}      # one row an example; .npy, .csv, or idx (.gz too)\n"
      "# targets = {file = \"y.npy\"}      # or labels = {file = \"labels.idx1-ubyte.gz\"}: class numbers, made one-hot\n"
      "# skip = 0                       # examples left out in front\n"
      "# take = 32                      # at most so many\n"
      "# scale = 0.00392156862745098    # multiplies the inputs: 1/255 for pixels\n\n"
      "# [check]                        # how numbers are nudged\n"
      "# method = \"central\"             # or \"forward\"\n"
      "# tolerance = 1e-7               # relative difference that counts as agreement whatever the bound\n\n"
      "[[question]]                       # asked in practice, on pages and sheets\n"
      "ask     = \"Along how many paths does the first input reach the cost?\"\n";
  std::size_t paths = 1;
  for (std::size_t l = 1; l < widths.size(); ++l) paths = paths > 1'000'000 ? paths : paths * widths[l];
  text += fmt::format("choose  = [\"{}\", \"{}\", \"{}\"]\n", paths + 1, paths, paths + 2);
  text +=
      "answer  = 1                        # number of the right choice, from 0\n"
      "because = \"Each path takes one neuron of every layer, so the widths multiply.\"\n\n"
      "[[question]]\n";
  text += fmt::format(
      "ask     = \"How strongly does the cost answer to the weighted input of the first output neuron?\"\n"
      "answer  = \"delta[{}][0]\"            # a number of the trace by its name\n"
      "because = \"How wrong the output is, times how responsive the neuron is.\"\n\n",
      widths.size() - 1);
  text +=
      "[homework]                         # what a homework sheet asks\n"
      "blanks = [\"dC/da\", \"slope\", \"delta\", \"dC/dw\"]   # whole quantities, or single ones: \"dC/dw[1][0,0]\"\n"
      "points = 1                         # for each blank\n"
      "digits = 3                         # significant digits an answer must have right\n"
      "vary = {weights = [-1.0, 1.0], biases = [-0.5, 0.5], inputs = [0.0, 1.0]}   # for personal variants\n";
  return text;
}

}  // namespace

int new_command(const std::vector<std::string>& words) {
  Arguments arguments("new [OPTIONS] FILE.toml",
                      "Writes a lesson to start from, with every key explained. It runs as it is.", "FILE.toml");
  arguments.value("layers", "WIDTHS", "inputs, then neurons of each layer: 2,3,1 (2,2,2)").flag("force", "overwrite a file that exists");
  if (!arguments.parse(words)) return status_agree;
  const std::vector<std::size_t> widths = parse_widths(arguments.text("layers").value_or("2,2,2"));
  const std::string output = arguments.common().output;
  const std::string file = output.empty() ? arguments.operand() : output;
  if (!output.empty() && !arguments.operands().empty()) throw UsageError("the file is named twice: by -o and by itself");

  const std::filesystem::path path(file);
  const bool to_standard_output = file == "-";
  if (!to_standard_output && path.extension() != ".toml") {
    throw UsageError("a lesson's name ends in .toml: \"" + file + ".toml\"?");
  }
  std::error_code error;
  if (!to_standard_output && std::filesystem::exists(path, error) && !arguments.has("force")) {
    throw UsageError("\"" + file + "\" exists already; --force overwrites it");
  }
  Output out(file);
  out.write(lesson_text("A new lesson", widths));
  out.finish();
  if (!to_standard_output && !arguments.common().quiet) {
    std::cerr << "wrote " << printable(file) << "; gradtrace run " << printable(file) << " runs it\n";
  }
  return status_agree;
}

}  // namespace gradtrace
