// One lesson traced, checked and written, example by example.
#include "cli/show.hpp"

#include "base/error.hpp"
#include "render/csv.hpp"
#include "render/dot.hpp"
#include "render/json.hpp"
#include "render/markdown.hpp"
#include "render/network_svg.hpp"
#include "render/text.hpp"

#include <algorithm>

namespace gradtrace {

void declare_format(Arguments& arguments) {
  arguments.value("format", "FORMAT", "text, markdown, csv, json, dot or svg (text)");
}

Format format_of(const Arguments& arguments) {
  return static_cast<Format>(arguments.choice("format", {"text", "markdown", "csv", "json", "dot", "svg"}).value_or(0));
}

void verify_picture(const Selection& selection) {
  if (selection.neuron) throw UsageError("--neuron does not apply to --format svg: the picture shows whole layers");
  if (selection.layer && selection.only.empty()) {
    throw UsageError("--format svg: --layer goes with --only QUANTITY, whose numbers are to be written into the picture");
  }
  if (selection.example && selection.example->kind == Scope::Kind::mean) {
    throw UsageError("--format svg: a picture is of one example; --example N says of which");
  }
}

void verify_selection(const Selection& selection, const Lesson& lesson) {
  const Network& network = lesson.network;
  const std::size_t depth = network.depth();
  if (selection.layer && *selection.layer > depth) {
    throw UsageError("--layer " + std::to_string(*selection.layer) + ": layers are 0 (the input) to " + std::to_string(depth));
  }
  if (selection.neuron) {
    std::size_t widest = 0;
    for (std::size_t l = 0; l <= depth; ++l) {
      if (!selection.layer || *selection.layer == l) widest = std::max(widest, network.width(l));
    }
    if (*selection.neuron >= widest) {
      throw UsageError("--neuron " + std::to_string(*selection.neuron) + ": " +
                       (selection.layer ? "layer " + std::to_string(*selection.layer) : "the widest layer") + " has neurons 0 to " +
                       std::to_string(widest - 1));
    }
  }
  if (!selection.example) return;
  if (selection.example->kind == Scope::Kind::mean && !lesson.several_examples()) {
    throw UsageError("--example mean: the lesson has one example, so there is no mean");
  }
  if (selection.example->kind == Scope::Kind::example && selection.example->example >= lesson.examples.size()) {
    throw UsageError("--example " + std::to_string(selection.example->example) + ": examples are 0 to " +
                     std::to_string(lesson.examples.size() - 1));
  }
}

namespace {

// Of more examples the text shows the first alone, unless --all or --example asks for others.
constexpr std::size_t most_examples_shown = 4;

/// One format's way of writing a lesson.
class Writer {
 public:
  Writer(const Lesson& lesson, const ShowOptions& options, Output& out)
      : lesson_(lesson), options_(options), out_(out), json_(out, lesson, options.render.selection) {}

  void begin() {
    switch (options_.format) {
      case Format::text:
        if (options_.story) out_.write(render_header(lesson_, options_.render));
        break;
      case Format::markdown:
        if (options_.story) out_.write(markdown_header(lesson_, options_.render));
        break;
      case Format::csv: write_csv_given(out_, lesson_, options_.render.selection); break;
      case Format::json: json_.begin(); break;
      case Format::dot:
      case Format::svg: break;
    }
  }

  void example(const ExampleTrace& trace, const CheckTable* check) {
    const bool wanted = options_.render.selection.wants_scope(Scope::of_example(trace.example));
    switch (options_.format) {
      case Format::text:
        if (shows(trace.example)) derivation(render_example(lesson_, trace, check, options_.render));
        break;
      case Format::markdown:
        if (shows(trace.example)) derivation(markdown_example(lesson_, trace, check, options_.render));
        break;
      case Format::csv: write_csv_example(out_, lesson_, trace, options_.render.selection); break;
      case Format::json: json_.example(trace); break;
      case Format::dot:
        if (wanted && !drawn_) out_.write(dot_graph(lesson_, trace, options_.render));
        drawn_ = drawn_ || wanted;
        break;
      case Format::svg:
        if (wanted && !drawn_) out_.write(network_svg_file(trace, {options_.render.digits - 1, steps()}));
        drawn_ = drawn_ || wanted;
        break;
    }
  }

  void end(const MeanTrace& means, const CheckTable* check) {
    const bool several = lesson_.several_examples();
    const bool wanted = several && options_.render.selection.wants_scope(Scope::of_mean());
    switch (options_.format) {
      case Format::text:
        out_.write(not_shown());
        if (wanted) derivation(render_means(lesson_, means, check, options_.render));
        tell_where_nothing_matches();
        break;
      case Format::markdown:
        if (wanted) derivation(markdown_means(lesson_, means, check, options_.render));
        tell_where_nothing_matches();
        break;
      case Format::csv: write_csv_means(out_, lesson_, means, options_.render.selection); break;
      case Format::json: json_.end(means); break;
      case Format::dot:
      case Format::svg: break;
    }
  }

  /// The steps to be lit in a picture: the quantities asked for, of the layer asked for or of all.
  std::vector<Block> steps() const {
    const Selection& selection = options_.render.selection;
    std::vector<Block> wanted;
    if (selection.only.empty()) return wanted;
    for (const Block& block : derived_blocks(lesson_.network)) {
      if (selection.wants(block)) wanted.push_back(block);
    }
    return wanted;
  }

  std::string not_shown() const {
    const std::size_t examples = lesson_.examples.size();
    if (options_.render.selection.example || shows(examples - 1)) return "";
    return std::to_string(examples - 1) + " more examples are traced as well; --example N or --all shows them\n\n";
  }

  /// Whether people are shown this example.
  bool shows(std::size_t example) const {
    const Selection& selection = options_.render.selection;
    if (selection.example) return *selection.example == Scope::of_example(example);
    return options_.render.all || lesson_.examples.size() <= most_examples_shown || example == 0;
  }

 private:
  void derivation(const std::string& text) {
    out_.write(text);
    told_ = told_ || !text.empty();
  }

  void tell_where_nothing_matches() {
    if (!told_) out_.write("nothing of the derivation matches what --example, --only, --layer and --neuron ask\n");
  }

  const Lesson& lesson_;
  const ShowOptions& options_;
  Output& out_;
  TraceJson json_;
  bool drawn_ = false;  // a graph is of one example
  bool told_ = false;   // people were shown a step
};

}  // namespace

std::optional<CheckSummary> show_lesson(const Lesson& lesson, const ShowOptions& options, Output& out,
                                        const Onlooker& onlooker) {
  Writer writer(lesson, options, out);
  std::optional<Checker> checker;
  if (options.check) checker.emplace(lesson.network, *options.check, lesson.several_examples());
  MeanTrace means(lesson.network);
  // A table of one example has no means, and needs no memory for them.
  const bool needs_means = lesson.several_examples() || options.format != Format::csv || onlooker.means;
  if (!options.quiet) writer.begin();
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    if (needs_means) means.add(trace);
    CheckTable check;
    if (checker) check = checker->check(trace);
    if (!options.quiet) writer.example(trace, checker ? &check : nullptr);
    if (onlooker.example) onlooker.example(trace);
  }
  CheckTable check;
  if (checker) check = checker->check_means(means);
  if (!options.quiet) writer.end(means, checker ? &check : nullptr);
  if (onlooker.means) onlooker.means(means);
  if (!checker) return std::nullopt;
  return checker->summary();
}

}  // namespace gradtrace
