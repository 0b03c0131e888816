// A lesson from its file: the text, then the tables, then the sizes that hold them together.
#include "lesson/load.hpp"

#include "base/csv.hpp"
#include "base/file.hpp"
#include "lesson/examples.hpp"
#include "lesson/layers.hpp"
#include "lesson/sections.hpp"

#include <algorithm>
#include <cctype>

namespace gradtrace {

namespace {

constexpr std::uintmax_t largest_text = std::uintmax_t{64}
                                        << 20;  // larger arrays belong in .npy files

std::string read_title(const TomlTable& root) {
  const auto value = root.need("title", "\"title\" is missing");
  const auto title = value ? value->as_text("title") : std::nullopt;
  if (!title) return "";
  if (title->find_first_not_of(" \t\r\n") == std::string::npos) value->report("title is empty");
  if (title->find_first_of("\r\n") != std::string::npos)
    value->report("title must be one line; \"about\" may be more");
  return *title;
}

std::string read_about(const TomlTable& root) {
  const auto value = root.find("about");
  return value ? value->as_text("about").value_or("") : "";
}

/// What names of numbers are checked against; nothing where a problem leaves something open.
std::optional<LessonSizes> known_sizes(const Widths& widths, const std::vector<LayerTable>& layers,
                                       std::optional<std::size_t> examples) {
  const bool open = std::find(widths.begin(), widths.end(), std::nullopt) != widths.end();
  if (open || layers.empty() || !examples || *examples == 0) return std::nullopt;
  LessonSizes sizes{{}, {false}, *examples};
  for (const auto& width : widths) sizes.widths.push_back(*width);
  for (const LayerTable& layer : layers) {
    if (!layer.activation) return std::nullopt;
    sizes.softmax.push_back(*layer.activation == Activation::softmax);
  }
  return sizes;
}

std::string name_of(const std::filesystem::path& file) {
  return file.extension() == ".toml" ? file.stem().string() : file.filename().string();
}

Lesson read_lesson(const std::filesystem::path& file, FileAccess access, TomlFile& toml) {
  const TomlTable root = toml.root({"title", "about", "network", "layer", "example", "dataset",
                                    "check", "question", "homework", "golden"});
  ArrayContext context{{file.parent_path(), access}, most_text, Budget(largest_lesson)};
  Lesson lesson;
  lesson.file = file;
  lesson.name = name_of(file);
  lesson.title = read_title(root);
  lesson.about = read_about(root);

  const NetworkTable network = read_network_table(root);
  const std::vector<LayerTable> layers = read_layer_tables(root, context);
  const ExampleTables examples = read_example_tables(root, context);
  const Widths widths = resolve_widths(network, layers, data_widths(examples), context.budget);
  check_cost(network, layers, widths);
  lesson.learning_rate = network.learning_rate;
  lesson.examples = read_examples(examples, widths, network.cost, context);

  const auto sizes = known_sizes(widths, layers, example_count(examples));
  lesson.check = read_check(root);
  lesson.questions = read_questions(root, sizes);
  lesson.homework = read_homework(root, sizes);
  lesson.golden_keep = read_golden_keep(root);

  toml.problems().throw_if_any();
  lesson.network = build_network(network, layers, widths);
  return lesson;
}

/// One long word, as a secret is.
bool is_one_word(std::string_view content) {
  constexpr std::size_t least = 16;
  content = trimmed(content.substr(0, content.find_last_not_of('\n') + 1));
  while (content.ends_with('=')) content.remove_suffix(1);  // of base 64
  return content.size() >= least && std::ranges::all_of(content, [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '/' || c == '-' || c == '_'; });
}

/// A file that is no TOML and not called so, or one long word, is taken for something else and not quoted: it may be a secret.
TomlFile parse(const std::filesystem::path& file, std::string_view content) {
  try {
    return TomlFile(file.string(), content);
  } catch (const InputError&) {
    if (file.extension() != ".toml") throw InputError(file.string(), "is no lesson: it is not valid TOML, nor does its name end in .toml");
    if (!is_one_word(content)) throw;
    throw InputError({{file.string(), 1, 1, 1, "the file is one long word and no lesson; `gradtrace new FILE.toml` writes one to start from", "", 1}});
  }
}

}  // namespace

Lesson load_lesson(const std::filesystem::path& file, FileAccess access) {
  const std::string text = read_file(file, largest_text);
  // toml++ skips a byte order mark as well, but counts it where it reports an error.
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::string_view content = text;
  if (content.starts_with(byte_order_mark)) content.remove_prefix(byte_order_mark.size());
  if (content.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    const std::string message =
        "the file is empty; `gradtrace new FILE.toml` writes a lesson to start from";
    throw InputError({{file.string(), 1, 1, 1, message, "", 1}});
  }
  TomlFile toml = parse(file, content);
  return read_lesson(file, access, toml);
}

}  // namespace gradtrace
